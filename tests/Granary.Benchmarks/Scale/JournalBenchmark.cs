using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using Granary.Data.Journals;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Hosting;
using Orleans.Journaling;
using Orleans.Journaling.Json;
using JournalEntry = Granary.Data.Journals.JournalEntry;

namespace Granary.Benchmarks.Scale;

/// <summary>A durable list of texts, kept by Orleans' journal.</summary>
public interface IDurableNotes : IGrainWithIntegerKey
{
    /// <summary>Adds a note; it is durable when the call returns.</summary>
    Task AddAsync(string note);

    Task<int> CountAsync();
}

internal sealed class DurableNotes([FromKeyedServices("notes")] IDurableList<string> notes) : DurableGrain, IDurableNotes
{
    public async Task AddAsync(string note)
    {
        notes.Add(note);
        await WriteStateAsync();
    }

    public Task<int> CountAsync() => Task.FromResult(notes.Count);
}

/// <summary>
/// The storage that Orleans' journal needs and its package lacks: a file for each journal. An append is one write and one flush, as in
/// <see cref="FileJournal"/>.
/// </summary>
internal sealed class FileStorageProvider(string folder) : IJournalStorageProvider
{
    public IJournalStorage CreateStorage(JournalId journalId) => new FileStorage(Path.Combine(folder, "notes.jsonl"));

    private sealed class FileStorage(string path) : IJournalStorage
    {
        private FileStream? _file;

        public bool IsCompactionRequested => false;

        private FileStream File => _file ??= new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 1);

        private static JournalMetadata Metadata => new(JsonLinesJournalFormat.JournalFormatKey, null, null);

        public async ValueTask ReadAsync(IJournalStorageConsumer consumer, CancellationToken cancellationToken)
        {
            File.Position = 0;
            await consumer.ReadAsync(File, Metadata, cancellationToken);
            File.Position = File.Length;
        }

        public ValueTask<bool> CreateIfNotExistsAsync(IReadOnlyDictionary<string, string>? metadata,
            CancellationToken cancellationToken) => new(false);

        public ValueTask<IJournalMetadata?> GetMetadataAsync(CancellationToken cancellationToken) => new(Metadata);

        public ValueTask<IJournalMetadata?> UpdateMetadataAsync(IReadOnlyDictionary<string, string>? set, IEnumerable<string>? remove,
            string? expectedETag, CancellationToken cancellationToken) => new(Metadata);

        public ValueTask AppendAsync(ReadOnlySequence<byte> value, CancellationToken cancellationToken)
        {
            File.Write(value.ToArray());
            File.Flush(flushToDisk: true);
            return default;
        }

        public ValueTask ReplaceAsync(ReadOnlySequence<byte> value, CancellationToken cancellationToken)
        {
            File.SetLength(0);
            return AppendAsync(value, cancellationToken);
        }

        public ValueTask DeleteAsync(CancellationToken cancellationToken)
        {
            File.SetLength(0);
            return default;
        }
    }
}

/// <summary>
/// Durable appends of 200 bytes by <see cref="FileJournal"/> and by a <see cref="DurableGrain"/> of Orleans, each in a process of its own
/// that is killed meanwhile; then what the next process finds. Part of the build with <c>-p:Journaling=true</c>.
/// </summary>
internal static class JournalBenchmark
{
    private const int Seconds = 4;

    public static async Task RunAsync(string[] arguments)
    {
        if (arguments is ["write", var kind, var place])
        {
            await WriteAsync(kind, place);
            return;
        }
        Console.WriteLine("journal | durable appends/s | processor µs each | bytes each | after kill -9: acknowledged, found | "
            + "found after a torn last record");
        foreach (var name in (string[])["file", "orleans", "file", "orleans"])
        {
            var folder = Directory.CreateTempSubdirectory("granary-journal-").FullName;
            using var writer = Process.Start(new ProcessStartInfo(Environment.ProcessPath!,
                [typeof(JournalBenchmark).Assembly.Location, "scale", "journal", "write", name, folder])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            })!;
            var (acknowledged, processor, from, began) = (0L, TimeSpan.Zero, 0L, 0L);
            while (await writer.StandardOutput.ReadLineAsync() is { } line)
            {
                if (!long.TryParse(line, CultureInfo.InvariantCulture, out var count)) continue;
                acknowledged = count;
                // The first appends are the compiler's.
                if (began == 0 && count >= 500)
                    (began, from, processor) = (Stopwatch.GetTimestamp(), count, writer.TotalProcessorTime);
                if (began != 0 && Stopwatch.GetElapsedTime(began).TotalSeconds > Seconds) break;
            }
            var rate = (acknowledged - from) / Stopwatch.GetElapsedTime(began).TotalSeconds;
            var cost = (writer.TotalProcessorTime - processor) / (acknowledged - from);
            writer.Kill();
            var rest = await writer.StandardOutput.ReadToEndAsync();
            foreach (var line in rest.Split('\n'))
                if (long.TryParse(line, CultureInfo.InvariantCulture, out var count) && rest.EndsWith('\n'))
                    acknowledged = Math.Max(acknowledged, count);
            await writer.WaitForExitAsync();
            var found = await FoundAsync(name, folder);
            var path = Directory.EnumerateFiles(folder, name == "file" ? "*.grj" : "*.jsonl").Single();
            var length = new FileInfo(path).Length;
            using (var file = new FileStream(path, FileMode.Open)) file.SetLength(length - 20);
            var torn = await FoundAsync(name, folder);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-7} | {rate,8:N0} | {cost.TotalMicroseconds,6:N0} | {length / (double)found.Count,5:N0} | "
                    + $"{acknowledged:N0}, {found.Text} | {torn.Text}"));
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task WriteAsync(string kind, string folder)
    {
        var note = new string('x', 200);
        if (kind == "file")
        {
            await using var journal = FileJournal.Open(folder, TimeProvider.System);
            for (var i = 1L; ; i++)
            {
                var body = Encoding.UTF8.GetBytes($"\"{note}\"");
                await journal.AppendAsync([new JournalEntry(i, DateTimeOffset.UnixEpoch, "Note", "", "", body)]);
                if (i % 100 == 0) Console.WriteLine(i);
            }
        }
        using var host = await SiloAsync(folder);
        var grain = host.Services.GetRequiredService<IGrainFactory>().GetGrain<IDurableNotes>(0);
        for (var i = 1L; ; i++)
        {
            await grain.AddAsync(note);
            if (i % 100 == 0) Console.WriteLine(i);
        }
    }

    private static async Task<(long Count, string Text)> FoundAsync(string kind, string folder)
    {
        try
        {
            if (kind == "file")
            {
                await using var journal = FileJournal.Open(folder, TimeProvider.System);
                return (journal.Last, $"{journal.Last:N0}{(journal.Cut is null ? "" : " (cut reported)")}");
            }
            using var host = await SiloAsync(folder);
            var count = await host.Services.GetRequiredService<IGrainFactory>().GetGrain<IDurableNotes>(0).CountAsync();
            await host.StopAsync();
            return (count, $"{count:N0}");
        }
        catch (Exception e)
        {
            return (0, $"{e.GetType().Name}: {e.Message.Split('\n')[0]}");
        }
    }

    private static async Task<IHost> SiloAsync(string folder)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Critical);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePort(), FreePort());
            silo.AddJournaling();
            silo.UseJsonJournalFormat(new DefaultJsonTypeInfoResolver());
            silo.AddJournalStorage("Default", _ => new FileStorageProvider(folder));
        });
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static int FreePort()
    {
        using var socket = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        socket.Start();
        return ((System.Net.IPEndPoint)socket.LocalEndpoint).Port;
    }
}
