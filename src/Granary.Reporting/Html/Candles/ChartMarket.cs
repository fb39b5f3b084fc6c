using System.Text.Json;
using Granary.Engine.Market;

namespace Granary.Reporting.Html.Candles;

/// <summary>
/// The bars that the interactive chart draws for strategies of one symbol and timeframe. Prices are scaled to integers: bar prices with the
/// fewest decimals that all of them need, trade prices with six to seven digits.
/// </summary>
internal sealed class ChartMarket
{
    // The number of digits of the highest and of the lowest price.
    private const int HighDigits = 7, LowDigits = 6, MostDecimals = 12;

    private readonly Dictionary<long, int> _places = [];
    private readonly ChartMarket? _base;
    private readonly int[] _groups = [];

    private ChartMarket(string symbol, string timeframe, IReadOnlyList<Bar> bars)
    {
        (Symbol, Timeframe, Bars) = (symbol, timeframe, bars);
        Decimals = bars.Count == 0 ? 0
            : Math.Clamp(Math.Max(HighDigits - Places(bars.Max(b => b.High)), LowDigits - Places(bars.Min(b => b.Low))), 0, MostDecimals);
        BarDecimals = DecimalsOf(bars, Decimals);
        var ticks = Engine.Market.Timeframe.TryParse(timeframe, out var parsed) ? parsed.Value.Ticks : 0;
        Step = Math.Max(1, ticks / TimeSpan.TicksPerMinute);
        IsIntraday = parsed is { IsIntraday: true };
        // Reading a long series joins 2, 4, 8 … bars into one; then no two bars are one timeframe apart.
        for (var i = 1; i < bars.Count && !IsComplete; i++) IsComplete = parsed?.CloseOf(bars[i - 1].Time) == bars[i].Time;
        if (!IsComplete) return;
        for (var i = 0; i < bars.Count; i++) _places[bars[i].Time] = i;
    }

    private ChartMarket(string timeframe, IReadOnlyList<Bar> bars, ChartMarket shorter, int[] groups)
        : this(shorter.Symbol, timeframe, bars)
    {
        (_base, _groups) = (shorter, groups);
        (Decimals, BarDecimals) = (shorter.Decimals, shorter.BarDecimals);
    }

    public string Symbol { get; }

    public string Timeframe { get; }

    public IReadOnlyList<Bar> Bars { get; }

    /// <summary>The number of decimals of trade prices.</summary>
    public int Decimals { get; }

    public int BarDecimals { get; }

    public bool IsIntraday { get; }

    /// <summary>Whether the market has all bars, so none is joined with the next.</summary>
    public bool IsComplete { get; }

    /// <summary>Length of a bar in minutes.</summary>
    public long Step { get; }

    public static ChartMarket Of(string symbol, string timeframe, IReadOnlyList<Bar> bars) => new(symbol, timeframe, bars);

    /// <summary>Encodes longer bars as the number of a shorter market's bars that each of them joins.</summary>
    /// <returns>The market; null if the shorter bars do not aggregate to these bars.</returns>
    public static ChartMarket? Joined(string timeframe, IReadOnlyList<Bar> bars, ChartMarket shorter)
    {
        if (!shorter.IsComplete || bars.Count == 0) return null;
        var groups = new int[bars.Count];
        for (var (k, i) = (0, 0); k < bars.Count; k++)
        {
            var end = k + 1 < bars.Count ? bars[k + 1].Time : long.MaxValue;
            if (i >= shorter.Bars.Count || shorter.Bars[i].Time < bars[k].Time) return null;
            var joined = shorter.Bars[i];
            for (; i < shorter.Bars.Count && shorter.Bars[i].Time < end; i++, groups[k]++)
                joined = joined.JoinedWith(shorter.Bars[i]);
            if ((joined.Open, joined.High, joined.Low, joined.Close) != (bars[k].Open, bars[k].High, bars[k].Low, bars[k].Close)
                || (k == 0 && joined.Time != bars[0].Time)) return null;
        }
        var market = new ChartMarket(timeframe, bars, shorter, groups);
        return market.IsComplete ? market : null;
    }

    /// <summary>The index of the bar that opens at a time; −1 if there is none.</summary>
    public int PlaceOf(long time) => _places.GetValueOrDefault(time, -1);

    /// <summary>Scales a trade price to an integer.</summary>
    public double Scaled(double price) => Round(price * Math.Pow(10, Decimals));

    /// <summary>Scales a bar price to the integer scale of trade prices.</summary>
    public double OfBar(double price) => Round(price * Math.Pow(10, BarDecimals)) * Math.Pow(10, Decimals - BarDecimals);

    /// <summary>Rounds to the nearest integer, halves up. The page's script rounds in the same way, bit for bit.</summary>
    public static double Round(double value) => Math.Floor(value + 0.5);

    /// <param name="joined">The number of bars of the market's series that each of these bars joins.</param>
    /// <param name="placeOf">Returns the index of a market in the page.</param>
    public void Write(Utf8JsonWriter json, int joined, Func<ChartMarket, int> placeOf)
    {
        json.WriteStartObject();
        json.WriteString("s", Symbol);
        json.WriteString("tf", Timeframe);
        json.WriteNumber("d", BarDecimals);
        json.WriteNumber("D", Decimals);
        json.WriteNumber("per", joined);
        json.WriteNumber("x", IsComplete ? 0 : Step);
        json.WriteBoolean("intraday", IsIntraday);
        if (_base is not null)
        {
            json.WriteNumber("of", placeOf(_base));
            Column(json, "g", _groups.Select(g => (double)g));
            Column(json, "b", Early());
        }
        else Prices(json);
        json.WriteEndObject();
    }

    // For each bar, the minutes from its open to the open of the first shorter bar that it joins, which differ if shorter bars are missing.
    private IEnumerable<double> Early()
    {
        var first = 0;
        for (var k = 0; k < Bars.Count; first += _groups[k++])
            yield return (_base!.Bars[first].Time - Bars[k].Time) / (double)TimeSpan.TicksPerMinute;
    }

    // Opens relative to the previous close, closes relative to the open, highs and lows relative to the body.
    private void Prices(Utf8JsonWriter json)
    {
        var unit = Math.Pow(10, BarDecimals);
        double Whole(double price) => Round(price * unit);
        Column(json, "t", Bars.Select((b, i) =>
            (b.Time - (i == 0 ? DateTime.UnixEpoch.Ticks : Bars[i - 1].Time)) / (double)TimeSpan.TicksPerMinute));
        Column(json, "o", Bars.Select((b, i) => Whole(b.Open) - (i == 0 ? 0 : Whole(Bars[i - 1].Close))));
        Column(json, "c", Bars.Select(b => Whole(b.Close) - Whole(b.Open)));
        Column(json, "h", Bars.Select(b => Whole(b.High) - Whole(Math.Max(b.Open, b.Close))));
        Column(json, "l", Bars.Select(b => Whole(Math.Min(b.Open, b.Close)) - Whole(b.Low)));
    }

    /// <summary>Writes a list of integers.</summary>
    public static void Column(Utf8JsonWriter json, string name, IEnumerable<double> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteNumberValue((long)value);
        json.WriteEndArray();
    }

    // The number of digits before the point; zero or negative for a price below 1.
    private static int Places(double price) => price > 0 ? (int)Math.Floor(Math.Log10(price)) + 1 : 1;

    private static int DecimalsOf(IReadOnlyList<Bar> bars, int most)
    {
        for (var decimals = 0; decimals < most; decimals++)
        {
            var unit = Math.Pow(10, decimals);
            bool Whole(double price) => Math.Abs(price * unit - Math.Round(price * unit)) < 1e-6 * Math.Max(1, price * unit * 1e-6);
            if (bars.All(b => Whole(b.Open) && Whole(b.High) && Whole(b.Low) && Whole(b.Close))) return decimals;
        }
        return most;
    }
}
