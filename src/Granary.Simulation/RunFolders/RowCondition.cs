using System.Globalization;
using Granary.Engine;
using Granary.Simulation.Json;

namespace Granary.Simulation.RunFolders;

/// <summary>A condition on the rows of a list, such as <c>trades&gt;=30</c> or <c>symbol=BTCUSDT</c>.</summary>
internal sealed record RowCondition(string Key, string Operator, string Value)
{
    // Longer operators first, so that '>=' is not parsed as '>' and a value that begins with '='.
    private static readonly string[] s_operators = [">=", "<=", "!=", "=", ">", "<", "~"];

    private double? _number;
    private long? _ticks;

    /// <summary>Returns the conditions of a text, which has commas between them.</summary>
    /// <exception cref="InputException">A condition has no operator.</exception>
    public static IReadOnlyList<RowCondition> All(string? filter) =>
        [.. (filter?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? []).Select(Of)];

    /// <summary>Whether a text meets the condition.</summary>
    /// <exception cref="InputException">Texts have no such order.</exception>
    public bool Holds(string text) => Operator switch
    {
        "=" => text == Value,
        "!=" => text != Value,
        "~" => text.Contains(Value, StringComparison.OrdinalIgnoreCase),
        _ => throw new InputException($"filter={Key}{Operator}: texts are compared by =, != and ~"),
    };

    /// <summary>Whether a number meets the condition.</summary>
    /// <exception cref="InputException">The value of the condition is no number.</exception>
    public bool Holds(double number)
    {
        _number ??= double.TryParse(Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var limit) ? limit
            : throw new InputException($"filter={Key}{Operator}{Value}: a number is needed");
        return Holds(number.CompareTo(_number.Value));
    }

    /// <summary>Whether a time, UTC ticks, meets the condition.</summary>
    /// <exception cref="InputException">The value of the condition is no time.</exception>
    public bool HoldsAt(long ticks)
    {
        _ticks ??= UtcTicks.Read("filter=" + Key + Operator, Value);
        return Holds(ticks.CompareTo(_ticks.Value));
    }

    private bool Holds(int order) => Operator switch
    {
        "=" => order == 0,
        "!=" => order != 0,
        ">" => order > 0,
        "<" => order < 0,
        ">=" => order >= 0,
        _ => order <= 0,
    };

    private static RowCondition Of(string text)
    {
        var at = text.AsSpan().IndexOfAny("<>=!~");
        var symbol = at < 1 ? null : Array.Find(s_operators, o => text.AsSpan(at).StartsWith(o, StringComparison.Ordinal));
        return symbol is null
            ? throw new InputException($"filter={text}: write a key, one of >= <= != = > < ~ and a value, as trades>=30")
            : new RowCondition(text[..at].TrimEnd(), symbol, text[(at + symbol.Length)..].TrimStart());
    }
}
