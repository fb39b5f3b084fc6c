using System.Globalization;
using Granary.Data.Quality;
using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Tables;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Notes;

/// <summary>
/// Notes on the bars of a batch: findings of the data check, tick volume instead of traded volume, fractional quantities.
/// </summary>
internal static class MarketNotes
{
    private const int MostPassedOver = 3;

    /// <param name="entries">The markets in the run's results.</param>
    /// <param name="passedOver">Entries that the source skipped when it listed its symbols.</param>
    public static IEnumerable<RunNote> Of(BatchSpec spec, IReadOnlyList<MarketEntry> entries, IEnumerable<OpenedMarket> markets,
        IReadOnlyList<string> passedOver) =>
        [.. PassedOver(passedOver), .. Spacing(entries), .. Findings(entries), .. Unclosed(spec, entries), .. MissingDays(entries),
            .. OnePrice(entries), .. TickVolume(entries), .. LongerBars(markets), .. Tables(entries), .. Fractions(spec, markets),
            .. DollarCoins(spec, markets), .. AssumedCurrencies(spec, markets), .. NotShortable(markets)];

    private static IEnumerable<RunNote> PassedOver(IReadOnlyList<string> files)
    {
        foreach (var file in files.Take(MostPassedOver)) yield return new RunNote(NoteCode.DataFinding, $"{file.TrimEnd('.')}.", 1);
        if (files.Count > MostPassedOver)
            yield return new RunNote(NoteCode.DataFinding, string.Create(CultureInfo.InvariantCulture,
                $"{files.Count - MostPassedOver:N0} more files of the source were skipped."), files.Count - MostPassedOver);
    }

    private static IEnumerable<RunNote> OnePrice(IReadOnlyList<MarketEntry> entries)
    {
        var closes = entries.Where(e => e.Findings.Contains(BarNotes.OnePrice)).ToList();
        if (closes.Count > 0)
            yield return new RunNote(NoteCode.DataFinding, $"The bars of {Names(closes)} have one price each, as open, high, low and "
                + "close: stops, targets and limits are met by closes only, and an order that fills at the open gets that bar's close.",
                closes.Count);
    }

    private static IEnumerable<RunNote> Spacing(IReadOnlyList<MarketEntry> entries)
    {
        foreach (var group in entries.Where(e => e.OtherSpacing is not null).GroupBy(e => (e.OtherSpacing, e.Timeframe)))
            yield return new RunNote(NoteCode.DataFinding, string.Create(CultureInfo.InvariantCulture,
                $"{Names(group)}: most bars are {group.Key.OtherSpacing} apart, but the batch says {group.Key.Timeframe}, so every yearly "
                    + $"figure and every period in bars is wrong. Use bars of a timeframe that Granary has."),
                group.Count());
    }

    private static IEnumerable<RunNote> Findings(IReadOnlyList<MarketEntry> entries)
    {
        var found = entries.Where(e => e is { Warnings: > 0, OtherSpacing: null }).ToList();
        var count = found.Sum(e => e.Warnings);
        if (count > 0)
            yield return new RunNote(NoteCode.DataFinding, string.Create(CultureInfo.InvariantCulture,
                $"The data check has {(count == 1 ? "1 warning" : FormattableString.Invariant($"{count:N0} warnings"))} on "
                    + $"{Names(found)}; the first: {found[0].Findings[0].TrimEnd('.')}. The report lists them by market, 'granary data "
                    + $"check' all of them."),
                count);
    }

    // Generated markets have no present.
    private static IEnumerable<RunNote> Unclosed(BatchSpec spec, IReadOnlyList<MarketEntry> entries)
    {
        var found = entries.Where(e => e.Unclosed is not null).ToList();
        if (found.Count > 0 && spec.Data.Source.Scheme != Address.Generated)
            yield return new RunNote(NoteCode.DataFinding, $"{Names(found)}: {found[0].Unclosed}.", found.Count);
    }

    // Days that are missing in every market that covers them. No market's own bars show that there was trading.
    private static IEnumerable<RunNote> MissingDays(IReadOnlyList<MarketEntry> entries)
    {
        var covering = entries.Where(e => e.Bars > 0 && e.OtherSpacing is null).ToList();
        var missing = SharedMissingDays.Of(
            [.. covering.Select(e => new MarketMissingDays(DateOnly.FromDateTime(e.First), DateOnly.FromDateTime(e.Last), e.MissingDays))]);
        if (missing.Count == 0) yield break;
        var who = covering.Count == 1 ? $"{covering[0].Symbol} has no bars" : "No symbol has bars";
        yield return new RunNote(NoteCode.DataFinding, string.Create(CultureInfo.InvariantCulture,
            $"{who} on {SharedMissingDays.Text(missing)}: a market holiday, or missing data. Compare with another source."), missing.Count);
    }

    private static IEnumerable<RunNote> TickVolume(IReadOnlyList<MarketEntry> entries)
    {
        var ticks = entries.Where(e => e.Findings.Any(BarNotes.IsTickVolume)).ToList();
        if (ticks.Count > 0)
            yield return new RunNote(NoteCode.TickVolume,
                $"The volume of {Names(ticks)} counts price changes (MetaTrader's tick volume), not what was traded: factors of volume, "
                    + $"volumePercent and slippageVolumeImpact are about those.", ticks.Count);
    }

    private static IEnumerable<RunNote> Tables(IReadOnlyList<MarketEntry> entries)
    {
        var said = entries.SelectMany(e => e.Findings.Where(TableNotes.Is).Select(f => (e.Symbol, Finding: f))).GroupBy(f => f.Finding)
            .ToList();
        foreach (var group in said.Take(MostPassedOver))
            yield return new RunNote(NoteCode.DataFinding, $"{Names(group.Select(f => f.Symbol).Distinct().ToList())}: "
                + $"{group.Key.TrimEnd('.')}.", group.Count());
        if (said.Count > MostPassedOver)
            yield return new RunNote(NoteCode.DataFinding, string.Create(CultureInfo.InvariantCulture,
                $"{said.Count - MostPassedOver:N0} more notes of this kind are in the report."), said.Count - MostPassedOver);
    }

    private static IEnumerable<RunNote> LongerBars(IEnumerable<OpenedMarket> markets)
    {
        foreach (var group in markets.SelectMany(m => m.BarNotes.Select(n => (m.Symbol, Note: n))).GroupBy(n => n.Note).OrderBy(g => g.Key,
            StringComparer.Ordinal))
        {
            var symbols = group.Select(n => n.Symbol).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
            yield return new RunNote(NoteCode.DataFinding, $"{Names(symbols)}: {group.Key}.", symbols.Count);
        }
    }

    private static IEnumerable<RunNote> Fractions(BatchSpec spec, IEnumerable<OpenedMarket> markets)
    {
        var stocks = markets.Where(m => m.Instrument is { LotSize: 0 } i && (i.DailyEquity || !i.Calendar.IsContinuous))
            .Select(m => m.Symbol).Distinct(StringComparer.Ordinal).ToList();
        if (stocks.Count == 0 || spec.Strategies.All(s => s.Trading.Size is { Kind: SizeKind.Units } units
            && units.Value == Math.Floor(units.Value))) yield break;
        yield return new RunNote(NoteCode.FractionalShares,
            $"Quantities of {Names(stocks)} are fractional, since no lot is set. For whole shares or contracts write \"instruments\": {{ "
                + $"\"*\": {{ \"lot\": 1 }} }} into the data section.", stocks.Count);
    }

    private static IEnumerable<RunNote> DollarCoins(BatchSpec spec, IEnumerable<OpenedMarket> markets)
    {
        var currencies = markets.OrderBy(m => m.Symbol, StringComparer.Ordinal)
            .Select(m => (m.Symbol, SymbolCurrency.Of(spec.Data, m.Instrument).Currency)).DistinctBy(m => m.Currency).ToList();
        // Others than dollars and their coins are refused, or converted at exchange rates.
        if (currencies.Count > 1 && CurrencyUnit.Different(currencies) is null)
            yield return new RunNote(NoteCode.DataFinding,
                $"The account counts {string.Join(" and ", currencies.Select(m => $"{m.Currency} ({m.Symbol})"))} as the same currency, "
                    + "one to one.", currencies.Count);
    }

    private static IEnumerable<RunNote> AssumedCurrencies(BatchSpec spec, IEnumerable<OpenedMarket> markets)
    {
        if (spec.Data.AccountCurrency is null) yield break;
        var assumed = markets.Where(m => m.Instrument.IsCurrencyAssumed).Select(m => m.Symbol).Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal).ToList();
        if (assumed.Count > 0)
            yield return new RunNote(NoteCode.DataFinding,
                $"Neither the source nor the name says the currency of {Names(assumed)}: it was taken as the account's, "
                    + $"{spec.Data.AccountCurrency}. If it is another one, write \"instruments\": {{ \"{assumed[0]}\": {{ \"currency\": "
                    + "\"USD\" } }.", assumed.Count);
    }

    private static IEnumerable<RunNote> NotShortable(IEnumerable<OpenedMarket> markets)
    {
        var missing = markets.Where(m => m.Instrument.Borrow is { IsGiven: true, Count: 0 }).Select(m => m.Symbol)
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (missing.Count > 0)
            yield return new RunNote(NoteCode.DataFinding,
                $"data.borrow has no lines of {Names(missing)}, so nothing of {(missing.Count == 1 ? "it" : "them")} could be borrowed: "
                    + "all short entries were refused (not-shortable).", missing.Count);
    }

    private static string Names(IEnumerable<MarketEntry> entries) =>
        Names([.. entries.Select(e => e.Symbol).Distinct(StringComparer.Ordinal)]);

    private static string Names(IReadOnlyList<string> symbols) =>
        symbols.Count <= 3 ? string.Join(", ", symbols)
            : string.Create(CultureInfo.InvariantCulture, $"{symbols[0]}, {symbols[1]} and {symbols.Count - 2:N0} more");
}
