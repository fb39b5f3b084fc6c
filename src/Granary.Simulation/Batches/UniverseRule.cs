using System.Globalization;
using Granary.Engine;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Simulation.Json;

namespace Granary.Simulation.Batches;

/// <summary>The rule by which the symbols of a batch are ranked at the beginnings of periods.</summary>
/// <param name="Top">The number of members.</param>
/// <param name="Every">The period of the calendar.</param>
/// <param name="Columns">The factors of the rule: first the rank's, then the conditions'.</param>
/// <param name="LowestFirst">Whether the lowest value ranks first.</param>
internal sealed record UniverseRule(int Top, CalendarSpan Every, IReadOnlyList<string> Columns, bool LowestFirst)
{
    // Each side is an index of a column, or −1 for a number.
    private readonly record struct Comparison(int Left, double LeftNumber, string Sign, int Right, double RightNumber);

    private IReadOnlyList<Comparison> Conditions { get; init; } = [];

    /// <summary>Returns the value by which a symbol is ranked, higher first; NaN if it cannot be a member.</summary>
    /// <param name="columns">The values of <see cref="Columns"/> at the symbol's last bar.</param>
    public double ScoreOf(ReadOnlySpan<double> columns)
    {
        foreach (var c in Conditions)
        {
            var left = c.Left < 0 ? c.LeftNumber : columns[c.Left];
            var right = c.Right < 0 ? c.RightNumber : columns[c.Right];
            // A comparison with a value that is not there does not hold.
            if (!(c.Sign switch { "<" => left < right, "<=" => left <= right, ">" => left > right, _ => left >= right })) return double.NaN;
        }
        var score = columns[0];
        return !double.IsFinite(score) ? double.NaN : LowestFirst ? -score : score;
    }

    internal static UniverseRule Read(JsonPart part, UniverseKeys keys, FactorCatalogue factors)
    {
        var rank = keys.Rank!.Trim();
        var lowest = rank.StartsWith('-');
        var columns = new List<string>();
        var place = part.Need("rank");
        place.Make(() => Column(lowest ? rank[1..] : rank, columns, factors), 0);
        var conditions = new List<Comparison>();
        foreach (var condition in part.Find("where")?.OneOrMany() ?? [])
            conditions.Add(condition.Make(() => Parse(condition.Text, columns, factors), default));
        return new UniverseRule(keys.Top!.Value, keys.Every ?? CalendarSpan.OfMonths(1), columns, lowest) { Conditions = conditions };
    }

    private static Comparison Parse(string text, List<string> columns, FactorCatalogue factors)
    {
        var at = text.AsSpan().IndexOfAny('<', '>');
        if (at < 0) throw new InputException($"'{text}' compares nothing; write it as \"close > 5\", by one of < <= > >=");
        var sign = at + 1 < text.Length && text[at + 1] == '=' ? text[at..(at + 2)] : text[at..(at + 1)];
        var (left, right) = (text[..at].Trim(), text[(at + sign.Length)..].Trim());
        if (right.AsSpan().IndexOfAny('<', '>') >= 0)
            throw new InputException($"'{text}' has two comparisons; write each as a condition of its own, in a list");
        if (left.Length == 0 || right.Length == 0)
            throw new InputException($"'{text}' lacks a side; compare a factor with a number or another factor, as in \"close > 5\"");
        var (a, x) = Side(left, columns, factors);
        var (b, y) = Side(right, columns, factors);
        if (a < 0 && b < 0) throw new InputException($"'{text}' compares two numbers; name a factor, as in \"close > 5\"");
        return new Comparison(a, x, sign, b, y);
    }

    private static (int Column, double Number) Side(string text, List<string> columns, FactorCatalogue factors) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? (-1, number)
            : (Column(text, columns, factors), double.NaN);

    // A symbol is ranked by its own bars alone.
    private static int Column(string text, List<string> columns, FactorCatalogue factors)
    {
        var (request, _) = factors.Parse(text);
        if (request.CreateKernel(new MarketSeries(new Instrument { Symbol = "" }, Timeframe.M1)).ReferenceSymbols.Any())
            throw new InputException($"'{text}' reads the bars of another symbol, and a universe ranks each symbol by its own; use another "
                + "factor");
        var at = columns.IndexOf(text);
        if (at >= 0) return at;
        columns.Add(text);
        return columns.Count - 1;
    }
}
