using System.Globalization;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Engine.Strategies;

namespace Granary.Simulation.StrategyFiles;

/// <summary>Values of a strategy's parameter, as a call writes them: <c>fast=5..50:5</c>, <c>fast=5,10,20</c> or <c>fast=5</c>.</summary>
/// <param name="Values">As texts of JSON.</param>
internal sealed record GivenParameter(string Name, IReadOnlyList<string> Values)
{
    private const int Most = 10_000;

    /// <param name="text">As written behind the option.</param>
    /// <exception cref="InputException">The parameter is unknown, or a value is invalid.</exception>
    public static GivenParameter Parse(string text, StrategyDefinition strategy)
    {
        var option = $"--param {text}";
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0) throw new InputException($"{option}: write it as NAME=VALUE, NAME=FROM..TO:STEP or NAME=VALUE,VALUE");
        var (name, values) = (text[..equals].Trim(), text[(equals + 1)..].Trim());
        var parameter = strategy.Parameters.FirstOrDefault(p => p.Name == name) ?? throw new InputException(
            $"{option}: {strategy.Name} has no parameter '{name}'; " + (Spelling.Nearest(name, strategy.Parameters.Select(p => p.Name)) is
            { } near ? $"did you mean '{near}'?" : strategy.Parameters.Count == 0 ? "it takes none"
                : $"it takes {string.Join(", ", strategy.Parameters.Select(p => p.Name))}"));
        var isNumber = parameter.Type == typeof(int) || parameter.Type == typeof(double);
        List<string> written = isNumber && values.Contains("..", StringComparison.Ordinal) ? [.. Range(values, parameter, option)]
            : [.. values.Split(',', StringSplitOptions.TrimEntries)];
        if (written.Distinct(StringComparer.Ordinal).Count() < written.Count) throw new InputException($"{option}: a value is there twice");
        foreach (var value in written) Check(value, parameter, option);
        return new GivenParameter(name, [.. written.Select(v => isNumber || parameter.Type == typeof(bool) ? v
            : System.Text.Json.Nodes.JsonValue.Create(v).ToJsonString())]);
    }

    private static void Check(string value, DeclaredKey parameter, string option)
    {
        try
        {
            parameter.Parse(value);
        }
        catch (InputException e)
        {
            throw e.At(option);
        }
        // JSON writes numbers without a sign '+', and true and false in lower case.
        if (parameter.Type == typeof(bool) && value is not ("true" or "false") || parameter.Type == typeof(int) && value[0] == '+'
            || parameter.Type == typeof(double) && !IsJson(value))
            throw new InputException($"{option}: '{value}' is not a value of '{parameter.Name}'; write "
                + (parameter.Type == typeof(bool) ? "true or false" : "a number such as 2.5"));
    }

    private static bool IsJson(string number)
    {
        var reader = new System.Text.Json.Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(number));
        try
        {
            return reader.Read() && reader.TokenType == System.Text.Json.JsonTokenType.Number;
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }

    // Decimals, so that 0.1..0.5:0.1 has the values that are written.
    private static IEnumerable<string> Range(string text, DeclaredKey parameter, string option)
    {
        var isWhole = parameter.Type == typeof(int);
        var form = $"write the range as {(isWhole ? "5..50:5" : "0.5..2:0.25")}: first value, last value, step";
        var ends = text.Split("..");
        var last = ends.Length == 2 ? ends[1].Split(':') : [];
        if (last.Length is 0 or > 2 || !Try(ends[0], out var from) || !Try(last[0], out var to))
            throw new InputException($"{option}: {form}");
        var step = 1m;
        if (last.Length == 2 ? !Try(last[1], out step) || step <= 0 : !isWhole) throw new InputException($"{option}: {form}");
        if (to < from) throw new InputException($"{option}: the last value is smaller than the first; exchange them");
        if ((to - from) / step >= Most)
            throw new InputException(FormattableString.Invariant($"{option}: it has more than {Most:N0} values; give a larger step"));
        return Steps(from, to, step);

        static bool Try(string written, out decimal value) => decimal.TryParse(written.Trim(),
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value)
            && Math.Abs(value) < 1e12m;
    }

    private static IEnumerable<string> Steps(decimal from, decimal to, decimal step)
    {
        for (var value = from; value <= to; value += step) yield return value.ToString("0.############", CultureInfo.InvariantCulture);
    }
}
