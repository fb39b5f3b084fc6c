// What the disk alone takes: writes of given sizes, each flushed, one behind the other.
//   cc -O2 flush.c -o flush && ./flush FOLDER < SIZES
// Prints for each way of writing the median and the 99th percentile of write and flush, in microseconds.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    static long sizes[1 << 20];
    static double took[1 << 20];
    long n = 0, total = 0, most = 0;
    while (n < 1 << 20 && scanf("%ld", &sizes[n]) == 1) {
        total += sizes[n];
        if (sizes[n] > most) most = sizes[n];
        n++;
    }
    char *bytes = malloc(most), *zeros = calloc(1, 1 << 16), path[4096];
    memset(bytes, 'x', most);
    snprintf(path, sizeof path, "%s/flush.bin", argv[1]);
    // Growing with fsync is the plain way; the others go over bytes that the file has already.
    const char *names[] = { "grow+fsync", "room+fdatasync", "room+dsync" };
    for (int way = 0; way < 3; way++) {
        unlink(path);
        int file = open(path, O_RDWR | O_CREAT, 0600);
        if (file < 0) fail(path);
        if (way > 0)
            for (long at = 0; at < total; at += 1 << 16)
                if (pwrite(file, zeros, 1 << 16, at) != 1 << 16) fail("room");
        if (fsync(file) != 0) fail("fsync");
        if (way == 2) {
            close(file);
            file = open(path, O_RDWR | O_DSYNC);
        }
        long at = 0;
        for (long i = 0; i < n; i++) {
            double from = now();
            if (pwrite(file, bytes, sizes[i], at) != sizes[i]) fail("pwrite");
            if (way == 0 && fsync(file) != 0) fail("fsync");
            if (way == 1 && fdatasync(file) != 0) fail("fdatasync");
            took[i] = now() - from;
            at += sizes[i];
            // A session thinks between two writes.
            usleep(200);
        }
        close(file);
        unlink(path);
        qsort(took, n, sizeof(double), compare);
        printf("%s %.1f %.1f\n", names[way], took[n / 2], took[n * 99 / 100]);
    }
    return 0;
}
