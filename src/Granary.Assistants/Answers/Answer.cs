using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Simulation.Json;
using ModelContextProtocol.Protocol;

namespace Granary.Assistants.Answers;

/// <summary>
/// The answer of a tool: a short text, and the same as structured content. Clients give one or the other to the model, so each has
/// everything.
/// </summary>
internal sealed class Answer
{
    /// <summary>Maximum number of rows of a table, and the number if the caller gives none.</summary>
    public const int MostRows = 100, UsualRows = 20;

    private readonly StringBuilder _text = new();
    private readonly JsonObject _data = [];

    private Answer(string sentence) => _text.Append(sentence);

    /// <param name="sentence">What was asked and found, in one sentence.</param>
    public static Answer Of(string sentence) => new(sentence);

    /// <summary>Adds a line to the text.</summary>
    public Answer Line(string line)
    {
        _text.Append('\n').Append(line);
        return this;
    }

    /// <summary>Adds a value to the structured content.</summary>
    public Answer With(string name, JsonNode? value)
    {
        if (value is not null) _data[name] = value;
        return this;
    }

    /// <summary>Adds a table.</summary>
    /// <param name="rows">Objects; a column that a row does not have is empty.</param>
    public Answer Table(string name, IReadOnlyList<AnswerColumn> columns, IReadOnlyList<JsonObject> rows)
    {
        if (rows.Count > 0) Line(string.Join(" | ", columns.Select(c => c.Title)));
        foreach (var row in rows) Line(string.Join(" | ", columns.Select(c => Clipped(c.TextOf(row[c.Key]), c.Longest))));
        return With(name, new JsonArray([.. rows.Select(r =>
            new JsonObject(columns.Where(c => r[c.Key] is not null).Select(c => KeyValuePair.Create(c.Key, AnswerNumber.Of(r[c.Key])))))]));
    }

    /// <summary>Adds the position of a page in its list.</summary>
    /// <param name="shown">Rows of the page.</param>
    /// <param name="total">Rows of all pages; null if it is unknown.</param>
    /// <param name="next">The cursor of the next page; null if this is the last.</param>
    public Answer Page(int shown, int? total, string? next)
    {
        if (total is { } all) With("total", JsonValue.Create(all));
        if (next is null) return this;
        Line(string.Create(CultureInfo.InvariantCulture, $"{shown} rows are shown{(total is { } of ? $" of {of}" : "")}; ")
            + $"the next page has cursor \"{next}\".");
        return With("next", JsonValue.Create(next));
    }

    public CallToolResult Done() => new()
    {
        Content = [new TextContentBlock { Text = _text.ToString() }],
        StructuredContent = JsonSerializer.SerializeToElement(_data),
    };

    /// <summary>Returns a page of a list whose cursor is the number of rows before it.</summary>
    /// <exception cref="Engine.InputException">The cursor is of no page.</exception>
    public static (IReadOnlyList<T> Items, string? Next) PageOf<T>(IReadOnlyList<T> all, int limit, string? cursor)
    {
        var from = 0;
        if (cursor is not null && (!int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out from) || from > all.Count))
            throw ListCursor.Unknown(cursor);
        var page = all.Skip(from).Take(limit).ToList();
        var next = from + page.Count;
        return (page, next < all.Count ? next.ToString(CultureInfo.InvariantCulture) : null);
    }

    // A table is a line for each row.
    private static string Clipped(string text, int longest)
    {
        text = text.ReplaceLineEndings(" ").Replace(" | ", " / ", StringComparison.Ordinal);
        return text.Length <= longest ? text : text[..longest] + "…";
    }
}
