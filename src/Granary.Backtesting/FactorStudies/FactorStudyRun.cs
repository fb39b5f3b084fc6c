using System.Globalization;
using Granary.Engine;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.FactorStudies;
using Granary.Reporting.Runs;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;

namespace Granary.Backtesting.FactorStudies;

/// <summary>
/// Tests whether factors order the later returns of symbols: information coefficients, returns and turnover of quantiles, with the tests of
/// all factors and horizons corrected together.
/// </summary>
/// <param name="threads">The number of threads; the figures do not depend on it.</param>
/// <param name="ledger">Counts the factors as trials; null = the user's, <see cref="TrialLedger.None"/> counts none.</param>
internal sealed class FactorStudyRun(int threads, TrialLedger? ledger = null)
{
    private readonly TrialLedger _ledger = ledger ?? TrialLedger.OfUser();

    // A piece of work of a thread.
    private const int DatesOfPiece = 32;

    private sealed record Measured(string Factor, FactorFigures? Figures, string? Error);

    /// <exception cref="InputException">The source, a symbol or a file is not usable, or no factor has a rank on any date.</exception>
    /// <exception cref="Engine.Market.BarDataException">The bars are invalid.</exception>
    public async Task<FactorStudy> RunAsync(FactorStudySpec spec, IProgress<string>? progress = null,
        CancellationToken cancellationToken = default)
    {
        await using var reader = new PanelReader(spec, threads);
        var panel = await reader.ReadAsync(progress, cancellationToken);
        var settings = new FactorStudySettings(spec.Keys.Horizons, spec.Keys.Quantiles, spec.Keys.GroupNeutral);
        var (measured, trials) = (new List<Measured>(), new StudyTrials());
        for (var f = 0; f < spec.Factors.Count; f++)
        {
            progress?.Report($"{spec.Factors[f]}, {f + 1} of {Counted.Of(spec.Factors.Count, "factor")}");
            var one = Measure(panel, f, spec, settings, cancellationToken);
            measured.Add(one);
            if (one.Figures is { } figures) trials.Add(IdentityOf(spec, f, reader.Universe), panel.Times, SpreadOf(figures));
        }
        if (measured.All(m => m.Error is not null)) throw new InputException([.. measured.Select(m => $"{m.Factor}: {m.Error}")]);
        var census = await trials.CountAsync(_ledger, reader.Symbols, reader.Markets, cancellationToken);
        var results = Results(spec, panel, measured);
        return new FactorStudy(spec, results with
        {
            Digest = FactorStudyJson.DigestOf(results),
            Trials = _ledger.IsNone ? null : new StudyTrialCount(measured.Count(m => m.Figures is not null), census.Trials, census.Fault),
            Notes = [.. reader.Notes, .. NotesOf(spec, measured)],
        }, panel);
    }

    private static string IdentityOf(FactorStudySpec spec, int factor, BatchUniverse? universe) =>
        spec.IdentityOf(factor) + (universe is null ? "" : $"|universe {UniverseTable.HashOf(universe.Members)}");

    private static double[] SpreadOf(FactorFigures figures) =>
        [.. figures.OneBarReturns[^1].Zip(figures.OneBarReturns[0], (top, bottom) => top - bottom)];

    private Measured Measure(FactorPanel panel, int factor, FactorStudySpec spec, FactorStudySettings settings,
        CancellationToken cancellationToken)
    {
        var dates = new FactorDates(panel, factor, settings);
        var pieces = (panel.Times.Length + DatesOfPiece - 1) / DatesOfPiece;
        var how = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, threads), CancellationToken = cancellationToken };
        Parallel.For(0, pieces, how,
            p => dates.Compute(p * DatesOfPiece, Math.Min(panel.Times.Length, (p + 1) * DatesOfPiece)));
        var figures = FactorFigures.Of(dates);
        var name = spec.Factors[factor];
        if (figures.Dates > 0) return new Measured(name, figures, null);
        var error = figures.MostSymbols == 0 ? "it has no value before the last "
                + $"{Counted.Of(settings.Horizons[^1], "bar")}, whose returns are unknown; give more bars, or a factor that needs fewer"
            : figures.ConstantDates > 0 ? "all symbols have the same value on each date, so that no ranks and no information coefficient "
                + "exist; name a factor that differs between symbols"
            : $"no date has {settings.FewestSymbols} symbols with a value and later returns, two for each of {settings.Quantiles} quantiles, "
                + $"and the most are {figures.MostSymbols}; name more symbols"
                + (figures.MostSymbols >= 4 ? $", or ask for {figures.MostSymbols / 2} quantiles" : "");
        return new Measured(name, null, error);
    }

    private static FactorStudyResults Results(FactorStudySpec spec, FactorPanel panel, List<Measured> measured)
    {
        List<HorizonFigures> all = [.. measured.SelectMany(m => m.Figures?.Horizons ?? [])];
        List<HorizonFigures> tested = [.. all.Where(h => double.IsFinite(h.Ic.PValue))];
        var p = tested.ConvertAll(h => h.Ic.PValue);
        var (any, independent) = (FalseDiscoveryControl.Adjust(p), FalseDiscoveryControl.AdjustIndependent(p));
        var q = tested.Select((h, i) => (h, (any[i], independent[i]))).ToDictionary(t => t.h, t => t.Item2);
        return new FactorStudyResults
        {
            Digest = "",
            Source = spec.Data.Source.ToString(),
            Timeframe = spec.Data.Timeframe.ToString(),
            From = Time(panel.Times[0]),
            To = Time(panel.Times[^1]),
            Dates = panel.Times.Length,
            Symbols = panel.Symbols.Count,
            Horizons = spec.Keys.Horizons,
            Quantiles = spec.Keys.Quantiles,
            Price = spec.Keys.Price,
            GroupNeutral = spec.Keys.GroupNeutral,
            Level = spec.Keys.Level,
            Tests = tested.Count,
            Discoveries = any.Count(a => a <= spec.Keys.Level),
            Groups = panel.Groups?.Names ?? [],
            Factors = [.. measured.Select(m => m.Figures is { } figures
                ? FactorStudyFigures.Of(m.Factor, figures, panel, spec.Keys.Level, h => q.TryGetValue(h, out var own) ? own : null)
                : new StudiedFactor(m.Factor, m.Error, 0, 0, 0, 0, null, 0))],
        };
    }

    internal static DateTime Time(long ticks) => new(ticks, DateTimeKind.Utc);

    private static IEnumerable<string> NotesOf(FactorStudySpec spec, List<Measured> measured)
    {
        foreach (var (factor, figures, error) in measured)
        {
            if (error is not null) yield return $"{factor}: {error}";
            if (figures is null) continue;
            if (figures.FewDates > 0)
                yield return $"{factor}: {Counted.Of(figures.FewDates, "date")} with fewer than {2 * spec.Keys.Quantiles} symbols "
                    + $"{(figures.FewDates == 1 ? "is" : "are")} left out";
            if (figures.ConstantDates > 0)
                yield return $"{factor}: on {Counted.Of(figures.ConstantDates, "date")} all symbols have one value, so that no ranks exist";
            if (figures.TiedDates > 0)
                yield return $"{factor}: on {Counted.Of(figures.TiedDates, "date")} equal values reach over several quantiles, so that only "
                    + "ranks are used";
        }
    }
}
