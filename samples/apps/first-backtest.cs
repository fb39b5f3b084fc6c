#!/usr/bin/env dotnet
#:project ../../src/Granary.Client
#:property PublishAot=false

// A first backtest, as a program of one file. Start a server with ./granary serve, and then:
//   dotnet run samples/apps/first-backtest.cs [-- http://127.0.0.1:8080]
// It prints what clients/python/notebooks/first-backtest.ipynb shows. A key is taken from GRANARY_KEY.

using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Granary.Client;
using Granary.Contracts.Jobs;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var server = new Uri(args.FirstOrDefault() ?? "http://127.0.0.1:8080");
using var granary = new ApiClient(server, Environment.GetEnvironmentVariable("GRANARY_KEY"));

// Lists in params are multiplied out: four fast by three slow averages on two markets.
var batch = JsonNode.Parse("""
    {
      "name": "first-backtest",
      "data": { "source": "generated:COINUSDT,GLIMUSDT?from=2021-01-01&to=2023-01-01&seed=6", "symbols": "*", "timeframe": "4h" },
      "account": { "cash": 100000 },
      "execution": { "commissionPercent": 0.05, "slippagePercent": 0.02 },
      "strategies": [
        {
          "class": "SmaCross", "params": { "fast": [5, 10, 15, 20], "slow": [40, 60, 100] },
          "sides": "long", "size": { "percentOfEquity": 50 }
        }
      ],
      "portfolio": { "weights": "equal" }
    }
    """);
try
{
    using var content = JsonContent.Create(batch);
    var job = await granary.Batches.SubmitAsync(content, Guid.NewGuid().ToString("N"), check: true);
    await foreach (var status in granary.Jobs.WatchAsync(job.Id))
    {
        Console.Error.WriteLine($"{status.State}: {status.Progress.Done} of {status.Progress.Strategies} strategies");
        job = status;
    }
    if (job.State != JobState.Done) return Fail(job.Fault ?? $"the job {job.Id} ended as {job.State}");

    var run = await granary.Runs.GetAsync(job.Id);
    var stats = run["portfolio"]!["stats"]!;
    Console.WriteLine($"digest {run["digest"]}");
    foreach (var key in (string[])["totalReturn", "sharpe", "maxDrawdown", "trades"]) Console.WriteLine($"{key} {(double)stats[key]!:0.####}");

    Console.WriteLine("The best strategies by their Sharpe ratio:");
    foreach (var row in (await granary.Runs.StrategiesAsync(job.Id, sort: "-sharpe", limit: 5)).Items)
        Console.WriteLine($"  {row["id"]} {(double)row["stats"]!["sharpe"]!:0.####}");

    var months = await granary.Runs.CurveAsync(job.Id, "months");
    Console.WriteLine("The return of each month:");
    foreach (var (time, value) in months.Times.Zip(months.Values)) Console.WriteLine($"  {time:yyyy-MM} {value:0.0%}");
    return 0;
}
catch (Exception e) when (e is ApiException or HttpRequestException)
{
    return Fail(e is ApiException ? e.Message : $"{server} does not answer ({e.Message}); start ./granary serve, or give its address");
}

static int Fail(string sentence)
{
    Console.Error.WriteLine(sentence);
    return 1;
}
