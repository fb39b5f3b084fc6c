using System.Text.Json;
using Granary.Cli.Tests;
using Granary.Testing;

namespace Granary.Scripting.Tests.StrategyFiles;

/// <summary>A strategy file in a folder of its own, and calls of <c>granary</c> on it over the sample bars.</summary>
internal sealed class FileUnderTest : IDisposable
{
    public const string Idea = """
        // granary: { "execution": { "commissionPercent": 0.05, "slippagePercent": 0.02 }, "portfolio": { "weights": "equal" } }
        public sealed class Idea : Strategy
        {
            private readonly Factor _average;

            public Idea([Range(2, 200)] int length = 20, bool shorts = false) => (_average, _shorts) = (Use("sma", length), shorts);

            private readonly bool _shorts;

            public override void OnBar(StrategyContext bar)
            {
                if (bar.Close > bar[_average]) bar.Go(Side.Buy);
                else if (_shorts) bar.Go(Side.Sell);
                else if (bar.InMarket) bar.Exit();
            }
        }
        """;

    /// <summary>The sample bars, as a source.</summary>
    public static string Source => "csv:" + Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");

    public string Symbol { get; init; } = "ACME";

    public TestFolder Folder { get; } = new();

    public void Dispose() => Folder.Dispose();

    /// <summary>Runs a file over one symbol; the arguments come behind it.</summary>
    public Task<GranaryProcess> BacktestAsync(string text, params string[] more) => GranaryCall.RunAsync(["backtest",
        Folder.Write("Idea.cs", text), "--source", Source, "--symbols", Symbol, "--out", Folder.At("run"), .. more]);

    /// <summary>A value of results.json of the run.</summary>
    public JsonElement Results(string run = "run") =>
        JsonDocument.Parse(File.ReadAllText(Folder.At(Path.Combine(run, "results.json")))).RootElement;

    public string Digest(string run = "run") => Results(run).GetProperty("digest").GetString()!;
}
