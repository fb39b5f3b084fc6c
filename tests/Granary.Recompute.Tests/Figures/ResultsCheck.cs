using System.Text.Json;
using System.Text.RegularExpressions;

namespace Granary.Recompute.Tests.Figures;

/// <summary>Compares every number of a JSON document with a recomputed one, and remembers which it has compared.</summary>
/// <param name="root">Of the document.</param>
internal sealed class ResultsCheck(JsonElement root)
{
    private readonly Dictionary<string, JsonElement> _left =
        Leaves(root, "").ToDictionary(l => l.Path, l => l.Value, StringComparer.Ordinal);
    private readonly List<string> _differences = [];

    /// <summary>Numbers, and texts with digits, that nothing has been compared of.</summary>
    public IEnumerable<string> Unchecked => _left.Keys;

    public List<string> Differences => _differences;

    /// <param name="path">As "portfolio.stats.sharpe" or "strategies[3].weight"; null is undefined.</param>
    /// <param name="tolerance">Of its size.</param>
    public void Number(string path, double expected, double tolerance = 1e-8)
    {
        if (!_left.Remove(path, out var value))
        {
            // Null where nothing is defined.
            if (double.IsFinite(expected)) _differences.Add($"there is no {path}, recomputed {expected}");
            return;
        }
        var shown = value.ValueKind == JsonValueKind.Number ? value.GetDouble() : double.NaN;
        if (double.IsNaN(shown) ? double.IsFinite(expected)
            : !(Math.Abs(shown - expected) <= tolerance * Math.Max(1e-3, Math.Abs(expected))))
            _differences.Add($"{path} is {shown}, recomputed {expected}");
    }

    /// <summary>A number that is drawn by chance: it lies near to one that is drawn again.</summary>
    public void Within(string path, double expected, double most)
    {
        if (!_left.Remove(path, out var value)) _differences.Add($"there is no {path}, recomputed {expected}");
        else if (!(Math.Abs(value.GetDouble() - expected) <= most))
            _differences.Add($"{path} is {value}, drawn again {expected} ± {most}");
    }

    public void Text(string path, string expected)
    {
        if (!_left.Remove(path, out var value)) _differences.Add($"there is no {path}, recomputed {expected}");
        else if (value.GetString() != expected) _differences.Add($"{path} is {value}, recomputed {expected}");
    }

    /// <summary>A statement about several numbers.</summary>
    public void Claim(string statement, bool holds)
    {
        if (!holds) _differences.Add("does not hold: " + statement);
    }

    /// <summary>Takes texts that a check of sentences compares.</summary>
    /// <param name="pattern">A regular expression for the whole path.</param>
    public List<string> Sentences(string pattern) => [.. Take(pattern).Select(l => l.Value.GetString()!)];

    /// <summary>Numbers that are not recomputed.</summary>
    /// <param name="pattern">A regular expression for the whole path.</param>
    /// <param name="reason">Why, in a few words.</param>
    public void Listed(string pattern, string reason)
    {
        reason.ShouldNotBeEmpty();
        Take(pattern);
    }

    /// <summary>Demands that every number has been recomputed and agrees.</summary>
    public void Demand()
    {
        var wrong = _left.Keys.Select(p => "nothing recomputes " + p).Concat(_differences).ToList();
        wrong.ShouldBeEmpty($"{wrong.Count} numbers of the document:\n{string.Join('\n', wrong.Take(60))}");
    }

    private List<KeyValuePair<string, JsonElement>> Take(string pattern)
    {
        var expression = new Regex($"^(?:{pattern})$");
        var taken = _left.Where(l => expression.IsMatch(l.Key)).ToList();
        foreach (var (path, _) in taken) _left.Remove(path);
        return taken;
    }

    private static IEnumerable<(string Path, JsonElement Value)> Leaves(JsonElement value, string path) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject()
            .SelectMany(p => Leaves(p.Value, path.Length == 0 ? p.Name : $"{path}.{p.Name}")),
        JsonValueKind.Array => value.EnumerateArray().SelectMany((item, i) => Leaves(item, $"{path}[{i}]")),
        JsonValueKind.Number => [(path, value)],
        JsonValueKind.String when value.GetString()!.Any(char.IsDigit) => [(path, value)],
        _ => [],
    };
}
