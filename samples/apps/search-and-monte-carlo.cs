#!/usr/bin/env dotnet
#:project ../../src/Granary.Client
#:property PublishAot=false

// A search of parameters, a walk-forward and Monte Carlo, as a program of one file. Start a server with ./granary serve, and then:
//   dotnet run samples/apps/search-and-monte-carlo.cs [-- http://127.0.0.1:8080]
// It prints what clients/python/notebooks/search-and-monte-carlo.ipynb shows. A key is taken from GRANARY_KEY.

using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Granary.Client;
using Granary.Contracts.Jobs;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var server = new Uri(args.FirstOrDefault() ?? "http://127.0.0.1:8080");
using var granary = new ApiClient(server, Environment.GetEnvironmentVariable("GRANARY_KEY"));
try
{
    var search = await RunAsync(granary, "optimise", """
        {
          "name": "search",
          "data": { "source": "generated:COINUSDT?from=2021-01-01&to=2023-01-01&seed=6", "symbols": "*", "timeframe": "4h" },
          "execution": { "commissionPercent": 0.05, "slippagePercent": 0.02 },
          "seed": 1,
          "strategies": [
            {
              "class": "DonchianBreakout", "size": { "percentOfEquity": 90 },
              "search": {
                "method": "tpe", "trials": 60, "objective": "sharpe", "minTrades": 10,
                "space": { "period": [10, 120], "exit": [5, 60], "sides": ["long", "both"] },
                "conditions": ["period > exit"]
              }
            }
          ]
        }
        """);
    var found = (await granary.Runs.SearchesAsync(search)).Searches[0];
    Console.WriteLine("The best trials:");
    foreach (var trial in found["trials"]!.AsArray().Where(t => t!["objectives"]?[0] is not null)
        .OrderByDescending(t => (double)t!["objectives"]![0]!).Take(5))
        Console.WriteLine($"  {trial!["strategy"]} {(double)trial["objectives"]![0]!:0.####}");
    // What the best of as many worthless trials would be expected to show.
    Console.WriteLine($"best trial {(double)found["bestSharpe"]!:0.###}, luck bar {(double)found["luckBar"]!:0.###}");

    var forward = await RunAsync(granary, "walkforward", """
        {
          "name": "walk-forward",
          "data": { "source": "generated:COINUSDT?from=2021-01-01&to=2023-01-01&seed=6", "symbols": "*", "timeframe": "4h" },
          "execution": { "commissionPercent": 0.05, "slippagePercent": 0.02 },
          "seed": 1,
          "strategies": [
            {
              "class": "DonchianBreakout", "params": { "period": [20, 40, 60, 100], "exit": [10, 20, 40] },
              "sides": "long", "size": { "percentOfEquity": 90 }
            }
          ],
          "walkForward": { "inSample": "26w", "outOfSample": "13w", "objective": "sharpe", "minTrades": 3 }
        }
        """);
    await PrintAsync(granary, "search", search);
    var run = await PrintAsync(granary, "walk-forward", forward);

    // Where other records of the same length could have ended; docs/resampling.md has the methods.
    var days = run["resampling"]!["methods"]!.AsArray().Single(m => (string)m!["method"]! == "periods")!;
    Console.WriteLine($"Quantiles of {days["paths"]} other records, 5, 25, 50, 75 and 95 %:");
    foreach (var figure in days["figures"]!.AsArray())
        Console.WriteLine($"  {figure!["figure"]} {string.Join(", ", figure["quantiles"]!.AsArray().Select(q => $"{(double)q!:0.###}"))}");
    return 0;
}
catch (Exception e) when (e is ApiException or HttpRequestException or InvalidOperationException)
{
    Console.Error.WriteLine(e is HttpRequestException ? $"{server} does not answer ({e.Message}); start ./granary serve, or give its address"
        : e.Message);
    return 1;
}

static async Task<JsonObject> PrintAsync(ApiClient granary, string name, string id)
{
    var run = await granary.Runs.GetAsync(id);
    var stats = run["portfolio"]!["stats"]!;
    Console.WriteLine($"{name}: return {(double)stats["totalReturn"]!:0.####}, Sharpe ratio {(double)stats["sharpe"]!:0.####}, "
        + $"drawdown {(double)stats["maxDrawdown"]!:0.####}");
    return run;
}

// Runs a job of a batch and returns the id of its run.
static async Task<string> RunAsync(ApiClient granary, string kind, string batch)
{
    using var content = JsonContent.Create(new { kind, batch = JsonNode.Parse(batch) });
    var job = await granary.Jobs.SubmitAsync(content, Guid.NewGuid().ToString("N"), check: true);
    await foreach (var status in granary.Jobs.WatchAsync(job.Id)) job = status;
    return job.State == JobState.Done ? job.Id : throw new InvalidOperationException(job.Fault ?? $"the job {job.Id} ended as {job.State}");
}
