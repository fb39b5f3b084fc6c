using System.Collections.Concurrent;
using Granary.Backtesting.Runs;
using Granary.Data.Synthetic;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;
using Granary.Server.JobKinds;
using Granary.Server.Jobs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Passes;

namespace Granary.Simulated.Batches;

/// <summary>A job that the silos run, and its undisturbed run in one process.</summary>
/// <param name="Name">Its kind of batch.</param>
/// <param name="Job">The job as a client submits it.</param>
/// <param name="Digest">Of the undisturbed run.</param>
/// <param name="Trades">Of the undisturbed run.</param>
/// <param name="Strategies">Number of its strategies.</param>
internal sealed record KnownBatch(string Name, Job Job, string Digest, long Trades, int Strategies);

/// <summary>Buys and sells, and notes a bar that the undisturbed run did not have in this place.</summary>
public sealed class Watcher([Range(1, 1000)] int every = 7, [Range(0, 1000)] int variant = 0) : Strategy
{
    /// <summary>What the strategies of a run have seen: they are made by the name of their class alone.</summary>
    internal static WatchedBars Watched { get; } = new();

    private long _times;
    private int _bars;

    public override void OnBar(StrategyContext bar)
    {
        if (_bars == 0) _times = bar.Instrument.Symbol.Sum(c => c) * 1_000_003L + every * 1009L + variant;
        _times = unchecked((_times ^ bar.Time.Ticks) * 0x5851F42D4C957F2D + ++_bars);
        Watched.Add(_times, $"bar {_bars} of {bar.Instrument.Symbol} is of {bar.Time:u}");
        if ((_bars + variant) % (2 * every) == 0) bar.Enter(Side.Buy);
        else if ((_bars + variant) % (2 * every) == every) bar.Exit();
    }
}

/// <summary>Which bars the strategies have seen, and in which order.</summary>
internal sealed class WatchedBars
{
    // Hashes of the times up to each bar of each strategy of the undisturbed runs; a check of a batch runs it over other bars too.
    private readonly ConcurrentDictionary<long, bool> _known = new();
    private readonly List<string> _faults = [];

    /// <summary>Whether the undisturbed run is under way.</summary>
    public bool IsUndisturbed { get; set; }

    /// <summary>Bars that came twice, too early or not at all, in this run of a seed.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>A run of a seed begins.</summary>
    public void Begin() => _faults.Clear();

    /// <param name="times">Hash of the times up to a bar.</param>
    /// <param name="fault">What is wrong if the undisturbed run has no such times.</param>
    public void Add(long times, FormattableString fault)
    {
        if (IsUndisturbed) _known[times] = true;
        else if (!_known.ContainsKey(times)) _faults.Add(FormattableString.Invariant(fault));
    }
}

/// <summary>What all runs of a process share: bars, catalogues, read batches, and their undisturbed runs.</summary>
internal sealed class BatchFixture
{
    private static readonly string s_root = Path.Combine(
        Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), "granary-simulated");

    private BatchFixture()
    {
        Catalogues = GranaryCataloguesBuilder.CreateDefault().AddAssembly(typeof(BatchFixture).Assembly).Build();
        // Its path and time are in the keys of the feeds, and so in the trace.
        Folder = Path.Combine(s_root, "batches");
        if (!Directory.Exists(Folder)) Generate();
        Runs = Path.Combine(s_root, $"runs-{Environment.ProcessId}");
        Directory.CreateDirectory(Runs);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Runs, recursive: true);
        Kinds = KnownJobs.Of(Catalogues, Runs);
        Watcher.Watched.IsUndisturbed = true;
        Batches =
        [
            Of("spread", """
                {
                  "name": "spread", "data": { "source": "csv:data", "symbols": "*", "timeframe": "1h" },
                  "strategies": [
                    { "class": "Watcher", "params": { "every": [5, 9], "variant": [0, 3] }, "size": { "percentOfEquity": 20 } }
                  ],
                  "portfolio": { "weights": "equal" }, "outputs": ["results", "prod"]
                }
                """),
            Of("twice", """
                {
                  "name": "twice", "data": { "source": "csv:data", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h" },
                  "strategies": [
                    { "class": "Watcher", "params": { "every": [4, 7] }, "size": { "percentOfEquity": 30 } },
                    { "class": "SmaCross", "params": { "fast": [3, 5], "slow": [12] }, "size": { "percentOfEquity": 30 } }
                  ],
                  "portfolio": { "weights": "equal" }, "outputs": ["results", "prod", "equity", "portfolio_trades"]
                }
                """),
        ];
        Watcher.Watched.IsUndisturbed = false;
    }

    public static BatchFixture All { get; } = new();

    public GranaryCatalogues Catalogues { get; }

    public JobCatalogue Kinds { get; }

    public string Folder { get; }

    /// <summary>The folder of the runs of this process.</summary>
    public string Runs { get; }

    public IReadOnlyList<KnownBatch> Batches { get; }

    private void Generate()
    {
        var made = $"{Folder}-{Environment.ProcessId}";
        var from = new DateTime(2023, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        DataGeneration.Run(new GenerateRequest(Path.Combine(made, "all"),
            DataGeneration.Markets(["COINUSDT", "DUSTUSDT", "GLIMUSDT"], from.Ticks, from.AddDays(12).Ticks, 5), [Timeframe.Parse("1h")]));
        Directory.Move(Path.Combine(made, "all", "1h"), Path.Combine(made, "data"));
        foreach (var file in Directory.EnumerateFiles(made, "*", SearchOption.AllDirectories)) File.SetLastWriteTimeUtc(file, from);
        try
        {
            Directory.Move(made, Folder);
        }
        catch (IOException) when (Directory.Exists(Folder))
        {
            // Another process was faster.
            Directory.Delete(made, recursive: true);
        }
    }

    private KnownBatch Of(string name, string json)
    {
        var path = Path.Combine(Folder, $"{name}.json");
        if (!File.Exists(path) || File.ReadAllText(path) != json) File.WriteAllText(path, json);
        var job = new BacktestJob(new BatchReader(Catalogues).Read(path, bindStrategies: false));
        var run = new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(new BatchReader(Catalogues).Read(path),
            new BatchOptions { Out = Path.Combine(Runs, $"embedded-{name}") }).GetAwaiter().GetResult();
        return new KnownBatch(name, job, run.Model.Digest, run.Trades, run.Plan!.Instances.Count);
    }
}
