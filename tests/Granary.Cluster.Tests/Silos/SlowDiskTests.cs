using Granary.Cluster.Client;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;
using Granary.Simulation.Batches;
using Granary.Testing;

namespace Granary.Cluster.Tests.Silos;

/// <summary>Two silos whose disk of runs stands still for a second, again and again.</summary>
public sealed class SlowDiskTests
{
    [LongFact(nameof(SlowDatabaseTests))]
    public async Task A_batch_ends_with_the_same_digest_and_no_silo_is_declared_dead()
    {
        using var batches = new TestBatches();
        await using var server = await PostgresServer.ShareAsync();
        using var disk = Disk.Create(batches.Folder);
        if (disk is null) Assert.Skip("a file system cannot be mounted and frozen here (root on Linux, with mkfs.ext4 and fsfreeze)");
        var connection = await server.CreateDatabaseAsync();
        await using var first = SiloProcess.Launch(connection, "granary", "--runs", disk.Folder, "--threads", "1");
        await using var second = SiloProcess.Launch(connection, "granary", "--runs", disk.Folder, "--threads", "1");
        await Task.WhenAll(first.ReadyAsync(), second.ReadyAsync());
        var embedded = await batches.EmbeddedAsync(batches.Mixed);
        using var client = new GranaryClient($"http://127.0.0.1:{first.HttpPort},http://127.0.0.1:{second.HttpPort}", key: null);
        using var end = new CancellationTokenSource();
        var freezing = Task.Run(() => disk.StallAsync(TimeSpan.FromSeconds(1), end.Token));
        var (status, home) = await RemoteBatch.RunAsync(client, new BatchReader(TestCatalogues.All).Read(batches.Mixed), batches.Mixed,
            Path.Combine(batches.Folder, "home"), cancellationToken: TestContext.Current.CancellationToken);
        await end.CancelAsync();
        (await freezing).ShouldBeGreaterThan(0, "the disk stood still");
        (status.State, status.Fault, status.Digest).ShouldBe((JobState.Done, null, embedded.Model.Digest));
        File.ReadAllText(Path.Combine(home, "trades.csv")).ShouldBe(File.ReadAllText(Path.Combine(embedded.Folder, "trades.csv")));
        (await client.ClusterAsync(TestContext.Current.CancellationToken)).Silos.Count.ShouldBe(2);
        (first.HasExited, second.HasExited).ShouldBe((false, false));
    }

    // A small file system in a file, whose writes wait while it is frozen.
    private sealed class Disk : IDisposable
    {
        private Disk(string folder) => Folder = folder;

        public string Folder { get; }

        public static Disk? Create(string folder)
        {
            if (!OperatingSystem.IsLinux() || Environment.UserName != "root") return null;
            var (image, mount) = (Path.Combine(folder, "disk.img"), Path.Combine(folder, "disk"));
            Directory.CreateDirectory(mount);
            using (var file = new FileStream(image, FileMode.CreateNew)) file.SetLength(64 << 20);
            return SystemCommand.Run("mkfs.ext4", "-q", "-F", image)
                && SystemCommand.Run("mount", "-o", "loop", image, mount) ? new Disk(mount) : null;
        }

        /// <returns>How often the disk stood still.</returns>
        public async Task<int> StallAsync(TimeSpan time, CancellationToken end)
        {
            var stalls = 0;
            while (!end.IsCancellationRequested)
            {
                if (SystemCommand.Run("fsfreeze", "-f", Folder)) stalls++;
                await Task.Delay(time, CancellationToken.None);
                SystemCommand.Run("fsfreeze", "-u", Folder);
                await Task.Delay(time / 5, CancellationToken.None);
            }
            return stalls;
        }

        public void Dispose()
        {
            SystemCommand.Run("fsfreeze", "-u", Folder);
            SystemCommand.Run("umount", "--lazy", Folder);
        }
    }
}
