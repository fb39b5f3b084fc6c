using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>
/// Reads a factor as users write it: <c>name(parameters)</c>, then <c>@timeframe</c> and <c>.line</c>, both optional. A text among the
/// parameters may stand in quotes.
/// </summary>
internal static class FactorParser
{
    /// <summary>The request and the line's number.</summary>
    /// <exception cref="InputException">Not a factor; the message says what is wrong and what is near.</exception>
    internal static (FactorRequest Request, int Line) Parse(FactorCatalogue catalogue, string text)
    {
        var rest = text.Trim();
        var open = QuotedText.IndexOf(rest, '(');
        string name;
        string[] arguments = [];
        var tail = "";
        if (open >= 0)
        {
            var close = QuotedText.IndexOf(rest, ')', open);
            if (close < 0) throw new InputException($"'{text}': the closing parenthesis is missing");
            name = rest[..open].Trim();
            var inner = rest[(open + 1)..close].Trim();
            if (inner.Length > 0) arguments = [.. QuotedText.Split(inner, ',').Select(a => QuotedText.Unquoted(a.Trim()))];
            tail = rest[(close + 1)..].Trim();
        }
        else
        {
            var end = rest.AsSpan().IndexOfAny('.', '@');
            name = end < 0 ? rest : rest[..end];
            tail = end < 0 ? "" : rest[end..];
        }

        Timeframe? timeframe = null;
        if (tail.StartsWith('@'))
        {
            var dot = tail.IndexOf('.');
            var word = dot < 0 ? tail[1..] : tail[1..dot];
            if (!Timeframe.TryParse(word, out timeframe))
                throw new InputException($"'{text}': '{word}' is not a timeframe; use one of {string.Join(' ', Timeframe.All)}");
            tail = dot < 0 ? "" : tail[dot..];
        }

        var request = Bind(catalogue, name, arguments, timeframe);
        if (tail.Length == 0) return (request, 0);
        if (tail[0] != '.') throw new InputException($"'{text}': '{tail}' is not understood; a line is written as .name");
        var line = request.Definition.Lines.ToList().IndexOf(tail[1..]);
        if (line < 0)
            throw new InputException($"'{text}': {name} has no line '{tail[1..]}'; it "
                + $"has {string.Join(", ", request.Definition.Lines.Select(l => l.Length == 0 ? "(none)" : "." + l))}");
        return (request, line);
    }

    /// <summary>A list in one text, separated by semicolons.</summary>
    public static IReadOnlyList<string> Split(string list) =>
        [.. QuotedText.Split(list, ';').Select(f => f.Trim()).Where(f => f.Length > 0)];

    internal static FactorRequest Bind(FactorCatalogue catalogue, string name, string[] arguments, Timeframe? timeframe)
    {
        var definition = catalogue.Get(name);
        if (arguments.Length > definition.Parameters.Count)
            throw new InputException($"{name} takes {definition.Parameters.Count} parameters, not {arguments.Length}");
        var bound = new object[definition.Parameters.Count];
        for (var i = 0; i < bound.Length; i++)
        {
            var parameter = definition.Parameters[i];
            try
            {
                bound[i] = i < arguments.Length
                    ? parameter.Parse(arguments[i])
                    : parameter.Default ?? throw new InputException($"{parameter.Name} is missing");
            }
            catch (InputException e)
            {
                throw new InputException($"{name}({string.Join(',', arguments)}): {e.Message}", e);
            }
        }
        // Creates one kernel here, so that an invalid combination of parameters is reported now and not at the first bar.
        try
        {
            definition.Create(bound);
        }
        catch (ArgumentException e)
        {
            throw new InputException($"{name}({string.Join(',', arguments)}): {e.Message}", e);
        }
        return new FactorRequest(definition, bound, timeframe);
    }
}
