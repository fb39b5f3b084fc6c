using System.Text.Json;
using Granary.Backtesting.Runs;
using Granary.Backtesting.Verification;
using Granary.Contracts.Sessions;
using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Learning.Gating;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Models;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;
using Granary.Storage.Files;

namespace Granary.Trading.Live;

/// <summary>Compares a session with a backtest of its production configuration over the same bars.</summary>
/// <param name="Equity">Equity of the backtest's portfolio after the last bar.</param>
/// <param name="Account">Equity of the account with the venue's fills, at the same closes.</param>
/// <param name="Digest">Digest of the backtest.</param>
/// <param name="IsSame">Whether the session's own portfolio is bit-identical to the backtest.</param>
/// <param name="Gap">The account minus the backtest, by cause.</param>
public sealed record SessionBacktest(double Equity, double Account, string Digest, bool IsSame, LiveDivergence Gap)
{
    /// <summary>The file name in the session's folder.</summary>
    public const string File = RunFolder.AgainstBacktest;

    /// <summary>The account minus the backtest by cause; the amounts add up to the difference of the two equities.</summary>
    public IReadOnlyList<(string Cause, double Amount)> Causes =>
        [.. Gap.Causes, (OutsideOfTrades, Account - Equity - Gap.Causes.Sum(c => c.Amount))];

    // Interest on cash, and what the account had before the session.
    private const string OutsideOfTrades = "outside of trades";

    /// <summary>Describes the comparison in one sentence, with the causes of a difference, largest first.</summary>
    public string Sentence
    {
        get
        {
            var text = FormattableString.Invariant($"account {Account:N2}, a backtest of the same bars {Equity:N2}");
            var causes = Causes.Where(c => Counts(c.Amount)).OrderByDescending(c =>
                Math.Abs(c.Amount)).ToList();
            if (!Counts(Account - Equity) && causes.Count == 0) return text + ": no difference";
            return text + FormattableString.Invariant($": {Account - Equity:+#,0.00;-#,0.00} by ")
                + string.Join(", ", causes.Select(c => FormattableString.Invariant($"{c.Cause} {c.Amount:+#,0.00;-#,0.00}")));
        }
    }

    /// <summary>Whether an amount exceeds rounding errors.</summary>
    internal bool Counts(double amount) => Math.Abs(amount) > Tolerance.Amount * Math.Abs(Equity);

    /// <summary>Runs the backtest and compares its results.</summary>
    /// <param name="bars">The bars of the session.</param>
    /// <param name="folder">The session's folder with its files.</param>
    /// <param name="digest">Digest of the session's own portfolio.</param>
    /// <returns>Null if the session took no bars.</returns>
    internal static async Task<SessionBacktest?> RunAsync(BatchSpec spec, IBarSource bars, string folder, string digest, LiveStatus status,
        TimeProvider clock)
    {
        if (status.Bars == 0) return null;
        var temporary = Path.Combine(Path.GetTempPath(), "granary-against-" + Path.GetRandomFileName());
        try
        {
            var run = await RunAsync(spec, bars, temporary, clock).ConfigureAwait(false);
            var result = new SessionBacktest(run.Model.EquityWithFills ?? spec.Cash, status.AccountEquity, run.Model.Digest,
                run.Model.Digest == digest, LiveDivergence.Of(temporary, folder, isOfSameBars: true));
            result.Write(folder);
            return result;
        }
        finally
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        }
    }

    /// <summary>Runs the backtest of a session's configuration over given bars.</summary>
    /// <param name="folder">The folder of the new run.</param>
    internal static Task<BatchRun> RunAsync(BatchSpec spec, IBarSource bars, string folder, TimeProvider clock,
        CancellationToken cancellationToken = default)
    {
        var options = new BatchOptions { Out = folder, Yes = true, Validation = false, Versions = VersionUse.None };
        return new BatchRunner(new EmbeddedHost(Environment.ProcessorCount), clock, _ => bars).RunAsync(Reduced(spec), options,
            cancellationToken: cancellationToken);
    }

    /// <summary>
    /// Reduces a session's configuration to the outputs that a comparison needs. Predictions of the backtest must not be reported as the
    /// session's.
    /// </summary>
    internal static BatchSpec Reduced(BatchSpec spec) => spec with
    {
        Outputs = new OutputSet { Names = ["results", "portfolio_trades", "prod"] },
        Strategies = [.. spec.Strategies.Select(s => s.Model is EntryModel model ? s with { Model = model.Unobserved() } : s)],
    };

    private void Write(string folder) => AtomicFile.Write(Path.Combine(folder, File), JsonSerializer.SerializeToUtf8Bytes(new
    {
        backtest = Equity,
        account = Account,
        digest = Digest,
        same = IsSame,
        sentence = Sentence,
        causes = Causes.ToDictionary(c => KeyOf(c.Cause),
            c => c.Amount),
        trades = Gap.Trades.Where(t => Counts(t.Total)).Select(t =>
            new
            {
                t.Strategy,
                t.Symbol,
                entry = RunText.Time(t.EntryTime.Ticks),
                exit = RunText.Time(t.ExitTime.Ticks),
                t.Total,
                cause = t.LargestCause,
                venue = t.ByVenue,
                parts = t.Parts.Where(p => p.Amount != 0).ToDictionary(p => p.Cause, p => p.Amount),
                t.Why,
            }),
    }, Json));

    // "fill price" becomes fillPrice.
    private static string KeyOf(string cause) =>
        string.Concat(cause.Split(' ').Select((word, i) => i == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };
}
