using Granary.Data.Quality;
using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>Describes the bars that a run used, for its report.</summary>
internal static class MarketDescription
{
    private const int MostFindings = 50;

    /// <param name="check">
    /// Whether to run the quality check on the bars too, for the report. The reader's own notes are always included.
    /// </param>
    /// <param name="now">The time of the run, by which bars are closed.</param>
    public static async Task<IReadOnlyList<MarketEntry>> OfAsync(IReadOnlyDictionary<string, OpenedMarket> markets, BatchPlan plan,
        bool check, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (data, counted) = (plan.Spec.Data, MarketRequirements.CountedIn(plan));
        var entries = new List<MarketEntry>();
        foreach (var market in markets.Values.OrderBy(m => m.Symbol, StringComparer.Ordinal))
        {
            var analyser = check ? new BarQualityAnalyser(market.Instrument, market.Series.Timeframe) : null;
            var spacing = new BarSpacing(market.Series.Timeframe);
            var unclosed = new UnclosedBars(market.Instrument.Calendar, market.Series.Timeframe, now.UtcTicks);
            var days = new TradingDays(market.Instrument.Calendar, market.Series.Timeframe);
            long first = 0, last = 0;
            long count = 0;
            await foreach (var read in market.Series.ReadAsync(BarBlock.MaxCount, cancellationToken))
            {
                // Warm-up bars do not belong to the run.
                if (read.Time[^1] < data.From) continue;
                var at = data.From is { } from ? read.Time.BinarySearch(from) : 0;
                if (at < 0) at = ~at;
                var block = (at == 0 ? read : read.Slice(at, read.Count - at)).Renumbered(count);
                if (count == 0) first = block.Time[0];
                last = block.Time[^1];
                count += block.Count;
                analyser?.Add(block);
                spacing.Add(block.Time);
                days.Add(block.Time);
                unclosed.Add(block.Time);
            }
            IReadOnlyList<string> findings =
                [.. FundingFindings.Of(data.Of(market.Symbol), market.Instrument, first, last), .. market.Series.Notes];
            var warnings = 0;
            if (analyser is not null)
            {
                var found = analyser.Finish([]).Findings.Where(f => f.Severity != Severity.Info).ToList();
                warnings = found.Count;
                // Problems come first; the reader's notes follow.
                findings = [.. found.Take(MostFindings).Select(f => $"{f.Place}: {f.Sentence}; {f.Remedy}."), .. findings];
            }
            entries.Add(new MarketEntry(market.Symbol, market.Series.Timeframe.ToString(), count, new DateTime(first, DateTimeKind.Utc),
                new DateTime(last, DateTimeKind.Utc), market.Series.ContentHash, findings)
            {
                Multiplier = market.Instrument.Multiplier,
                Rate = market.Instrument.Rates.At(market.Series.Timeframe.CloseOf(last)),
                Zone = market.Instrument.Calendar.Zone.Id,
                OtherSpacing = counted.Contains(market.Symbol) ? spacing.Other : null,
                MissingDays = days.Missing(),
                Warnings = warnings,
                Unclosed = unclosed.Sentence,
            });
        }
        return entries;
    }
}
