// A program of your own that uses a cluster: submits a batch of 1,000 strategies, shows progress as it streams in, and fetches the report.
//   dotnet run --project samples/SweepClient -- http://127.0.0.1:8080 [FOLDER_OF_BARS]
// The folder must be found under the same path by the silos; without one it is that of the quickstart's bars. A key is taken from
// GRANARY_KEY.

using System.Globalization;
using System.Text.Json;
using Granary.Cluster.Client;
using Granary.Engine;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;

if (args is not [var hosts, ..])
{
    Console.Error.WriteLine("give the address of a silo, as http://127.0.0.1:8080, or several with commas between");
    return 2;
}
var bars = Path.GetFullPath(args.Length > 1 ? args[1] : "samples/data/1h");
using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true; // the batch is cancelled at the silos too
    interrupted.Cancel();
};

// 40 fast times 25 slow averages.
var path = Path.Combine(Path.GetTempPath(), "sweep-1000.json");
await File.WriteAllTextAsync(path, JsonSerializer.Serialize(new
{
    name = "sweep-1000",
    data = new { source = "csv:" + bars, symbols = "COINUSDT", timeframe = "1h" },
    execution = new { commissionPercent = 0.05 },
    strategies = new[]
    {
        new Dictionary<string, object>
        {
            ["class"] = "SmaCross",
            ["params"] = new { fast = Enumerable.Range(5, 40), slow = Enumerable.Range(0, 25).Select(i => 50 + 10 * i) },
            ["size"] = new { percentOfEquity = 20 },
        },
    },
}));

try
{
    using var client = new GranaryClient(hosts, Environment.GetEnvironmentVariable(GranaryClient.KeyVariable));
    var batches = new BatchReader(GranaryCataloguesBuilder.CreateDefault().Build());
    var (status, folder) = await RemoteBatch.RunAsync(client, batches.Read(path), path, Path.Combine("runs", "sweep-1000"),
        s => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{s.State}: {s.Progress.Done:N0} of {s.Progress.Strategies:N0} strategies, {s.Progress.Bars:N0} of {s.Progress.BarsTotal:N0} "
                + $"bars {s.Progress.Stage}")),
        cancellationToken: interrupted.Token);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{status.Progress.Strategies:N0} strategies, {status.Trades:N0} trades in {status.Seconds:0.00} s, digest {status.Digest}"));
    Console.WriteLine($"Report {Path.Combine(folder, "report.html")}");
    return 0;
}
catch (InputException e)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}
catch (Exception e) when (e is ServiceUnavailableException or OperationCanceledException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
