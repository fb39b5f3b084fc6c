// A program of your own that uses a server: submits a batch of 1,000 strategies, shows progress as it streams in, and fetches the report.
//   dotnet run --project samples/SweepClient -- http://127.0.0.1:8080 [FOLDER_OF_BARS]
// The folder must be found under the same path by the server; without one it is that of the quickstart's bars. A key is taken from
// GRANARY_KEY.

using System.Globalization;
using System.Net.Http.Json;
using Granary.Client;
using Granary.Contracts.Jobs;

if (args is not [var address, ..] || !Uri.TryCreate(address, UriKind.Absolute, out var server))
{
    Console.Error.WriteLine("give the address of a server, as http://127.0.0.1:8080");
    return 2;
}
using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true; // the batch is cancelled at the server too
    interrupted.Cancel();
};

var bars = Path.GetFullPath(args.Length > 1 ? args[1] : "samples/data/1h");
// 40 fast times 25 slow averages.
using var batch = JsonContent.Create(new
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
});

using var granary = new ApiClient(server, Environment.GetEnvironmentVariable("GRANARY_KEY"));
JobStatus? job = null;
try
{
    job = await granary.Batches.SubmitAsync(batch, check: true, cancellationToken: interrupted.Token);
    await foreach (var status in granary.Jobs.WatchAsync(job.Id, interrupted.Token))
    {
        job = status;
        var done = status.Progress;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{status.State}: {done.Done:N0} of {done.Strategies:N0} strategies, {done.Bars:N0} of {done.BarsTotal:N0} bars {done.Stage}"));
    }
    if (job.State != JobState.Done)
    {
        Console.Error.WriteLine(job.Fault ?? $"the batch {job.Id} was cancelled");
        return 1;
    }
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{job.Progress.Strategies:N0} strategies, {job.Trades:N0} trades in {job.Seconds:0.00} s, digest {job.Digest}"));
    await using var report = await granary.Runs.FileAsync(job.Id, "report.html", interrupted.Token);
    await using var file = File.Create("report.html");
    await report.Content.CopyToAsync(file, interrupted.Token);
    Console.WriteLine($"Report {file.Name}");
    return 0;
}
catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
{
    if (job is not null) await granary.Jobs.CancelAsync(job.Id);
    Console.Error.WriteLine("stopped");
    return 1;
}
catch (Exception e) when (e is ApiException or HttpRequestException or IOException)
{
    Console.Error.WriteLine(e.Message);
    return e is ApiException { Status: System.Net.HttpStatusCode.UnprocessableEntity or System.Net.HttpStatusCode.BadRequest } ? 2 : 1;
}
