using System.Text;
using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.Data.Reading;

/// <summary>Parses a text in pieces and passes its rows to a collector.</summary>
internal abstract class BarTextParser(BarFileLayout layout, string file, BarCollector collector, BarFileOptions options,
    Action<RowFault>? onFault)
{
    private const string CorrectTheRow = "correct the row or remove it";

    private readonly BarClock _clock = new(collector.Timeframe, layout.Stamp ?? options.Stamp ?? BarStamp.Open,
        Zone(layout.ZoneName.Length > 0 ? Encoding.UTF8.GetString(layout.ZoneName) : options.TimeZone ?? layout.TimeZone), layout.Label);

    protected BarCollector Collector => collector;

    protected string File => file;

    protected TimestampReader Times { get; } = new(layout.DateStyle)
    {
        BaseDay = layout.BaseDay,
        BeforeEpoch = layout.BeforeEpoch,
        ZoneName = layout.ZoneName,
        LatestYear = options.Clock.GetUtcNow().Year,
    };

    /// <summary>The earliest and the latest year that were written with two digits; null if none was.</summary>
    public (int First, int Last)? ShortYears => Times.ShortYears;

    /// <summary>A question to ask if times repeat or go back, since the rows may be of several markets; null if nothing shows it.</summary>
    protected virtual string? OrderQuestion => null;

    /// <summary>The current line, or the row of a typed table, from 1.</summary>
    protected long Line { get; set; }

    /// <summary>The current row group, from 1; 0 in a text.</summary>
    protected int Group { get; set; }

    /// <summary>The current record, from 1, if a line may hold several; otherwise 0.</summary>
    protected virtual long Record => 0;

    /// <summary>Whether day and month are still ambiguous.</summary>
    public bool DatesStayAmbiguous => layout.AmbiguousDates && !Times.OrderConfirmed;

    /// <summary>The first line after the last row that is a remark; skipped if only such lines follow.</summary>
    public (long Line, string Text, string Row)? Remark { get; protected set; }

    /// <summary>Parses the complete records at the start of the text.</summary>
    /// <param name="last">Whether this is the last piece; a text of rows then ends in a line feed.</param>
    /// <returns>The number of bytes consumed.</returns>
    public abstract int Parse(ReadOnlySpan<byte> text, bool last);

    /// <summary>Must be called once after the last piece; verifies that the text is complete.</summary>
    public virtual void Finish()
    {
    }

    /// <summary>Reports a fault: to the listener if there is one, otherwise as an exception.</summary>
    protected void Fail(RowFaultKind kind, string? field, string fault, string remedy)
    {
        if (Record > 0) field = field is null ? $"record {Record}" : $"record {Record} {field}";
        if (onFault is null) throw BarDataException.InRow(file, Group, Line, field, fault, remedy);
        onFault(new RowFault(kind, Line, field, fault, remedy) { Group = Group });
    }

    /// <inheritdoc cref="BarClock.KeepsTimes"/>
    protected bool KeepsTimes(bool isUtc) => _clock.KeepsTimes(isUtc);

    protected bool TryResolve(in Timestamp written, out long time, out string? fault) =>
        _clock.TryResolve(written, collector.LastTime, out time, out fault);

    /// <summary>Validates a row, and passes it to the collector or reports its fault.</summary>
    /// <param name="written">The time as it was written.</param>
    /// <param name="prices">The bar, without its time.</param>
    protected bool Accept(in Timestamp written, string timeField, in Bar prices, double adjusted)
    {
        var (open, high, low, close, volume) = (prices.Open, prices.High, prices.Low, prices.Close, prices.Volume);
        if (!TryResolve(written, out var time, out var fault))
        {
            Fail(RowFaultKind.Zone, timeField, fault!, "write all times of a file in one zone, best UTC");
            return false;
        }
        if (!collector.IsInWindow(time)) return true;
        var isAdjusted = adjusted > 0 && adjusted < double.PositiveInfinity;
        // Crude oil had prices below zero in April 2020.
        var isOfAnyPrice = collector.AllowsNegative && double.IsFinite(adjusted)
            && BarCollector.IsBarOfAnyPrice(open, high, low, close, volume);
        if (!isOfAnyPrice && (!isAdjusted || !BarCollector.IsBar(open, high, low, close, volume)))
        {
            if (!isAdjusted || !BarCollector.TryWiden(open, ref high, ref low, close, volume))
            {
                ReportPrices(open, high, low, close, adjusted, volume);
                collector.Resume(time);
                return false;
            }
            collector.WidenedRows++;
        }
        if (collector.Gathered is not null)
        {
            collector.Written?.Add(written);
            collector.Gather(new ParsedRow(Line, Record, new Bar(time, open, high, low, close, volume)
            {
                Further = collector.FurtherOfRow,
            }, adjusted)
            { Group = Group });
            return true;
        }
        if (!collector.InOrder(time))
        {
            ReportOrder(time, timeField);
            collector.Resume(time);
            return false;
        }
        collector.Add(time, open, high, low, close, adjusted, volume);
        return true;
    }

    private void ReportOrder(long time, string timeField)
    {
        var question = OrderQuestion is { } ask ? ask + "; otherwise " : "";
        if (collector.OrderFault(time) == RowFaultKind.Duplicate)
        {
            var period = collector.Timeframe == Timeframe.W1 ? "the week of " : collector.Timeframe == Timeframe.Mo1 ? "the month of " : "";
            Fail(RowFaultKind.Duplicate, timeField, $"{period}{Describe(time)} is there twice", question
                + (collector.Timeframe.IsIntraday ? "remove one of the two rows"
                    : $"remove one of the two rows, or name the true timeframe if these are not {collector.Timeframe} bars"));
            return;
        }
        var direction = collector.Descending ? ", and the rows above run from newest to oldest" : "";
        Fail(RowFaultKind.Order, timeField, $"{Describe(time)} follows {Describe(collector.PreviousTime)}{direction}", question
            + (ShortYears is null ? "sort the rows by time, oldest first"
                : $"sort the rows by time, oldest first, or write years with four digits, since two stand for {Times.LatestYear - 99} to "
                    + $"{Times.LatestYear}"));
    }

    private void ReportPrices(double open, double high, double low, double close, double adjusted, double volume)
    {
        const string Remedy = CorrectTheRow;
        foreach (var (name, value) in new[] { ("open", open), ("high", high), ("low", low), ("close", close),
            ("adjusted close", adjusted) })
        {
            if (!double.IsFinite(value)) { Fail(RowFaultKind.Value, name, "the price is not a finite number", Remedy); return; }
            if (collector.AllowsNegative) continue;
            if (value < 0)
            {
                Fail(RowFaultKind.Value, name, $"the price {value} is negative",
                    "correct it, or leave the row out if the price is real; only chains of futures have prices below zero");
                return;
            }
            if (value == 0) { Fail(RowFaultKind.Value, name, "the price is zero", Remedy); return; }
        }
        if (!double.IsFinite(volume)) Fail(RowFaultKind.Value, "volume", "the volume is not a finite number", Remedy);
        else if (volume < 0) Fail(RowFaultKind.Value, "volume", $"the volume {volume} is negative", Remedy);
        else if (high < low) Fail(RowFaultKind.Consistency, "high", $"the high {high} is below the low {low}", Remedy);
        else if (open > high) Fail(RowFaultKind.Consistency, "open", $"the open {open} is above the high {high}", Remedy);
        else if (close > high) Fail(RowFaultKind.Consistency, "close", $"the close {close} is above the high {high}", Remedy);
        else if (open < low) Fail(RowFaultKind.Consistency, "open", $"the open {open} is below the low {low}", Remedy);
        else Fail(RowFaultKind.Consistency, "close", $"the close {close} is below the low {low}", Remedy);
    }

    /// <summary>Returns the message for a field that is not a number.</summary>
    protected static string NotANumber(string text)
    {
        if (text.Length == 0) return "the field is empty";
        var word = text.TrimStart('-', '+').ToUpperInvariant();
        if (word is "NAN" or "INF" or "INFINITY" or "∞") return $"'{Shorten(text)}' is not a finite number";
        return text.Contains(',') ? $"'{Shorten(text)}' is not a number with a decimal point" : $"'{Shorten(text)}' is not a number";
    }

    protected static string Shorten(string text)
    {
        var clean = string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
        return clean.Length <= 40 ? clean : clean[..40] + "…";
    }

    protected static string Describe(long time)
    {
        var t = new DateTime(time, DateTimeKind.Utc);
        return t.TimeOfDay == TimeSpan.Zero ? t.ToString("yyyy-MM-dd") : t.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF");
    }

    /// <summary>Describes a text that is not a time of the file's style.</summary>
    protected static string NotATime(string text) => text.Length == 0 ? "the field is empty"
        : TimestampStyle.IsOutsideOfYears(Encoding.UTF8.GetBytes(text))
            ? $"'{Shorten(text)}' lies outside of the years that are read, {TimestampReader.FirstYear} to {TimestampReader.LastYear}"
            : $"'{Shorten(text)}' is not a time as those above are written";

    private static TimeZoneInfo? Zone(string? id)
    {
        if (id is null) return null;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone)) return zone;
        throw new BarDataException($"timeZone: '{id}' is not a time zone that this machine knows; use an IANA name as America/New_York");
    }
}
