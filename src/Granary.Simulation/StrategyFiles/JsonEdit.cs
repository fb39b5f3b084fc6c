using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Engine;
using Granary.Simulation.Json;
using Granary.Storage.Addresses;

namespace Granary.Simulation.StrategyFiles;

/// <summary>Sets values in a JSON text whose other values keep their lines.</summary>
internal sealed class JsonEdit
{
    private readonly byte[] _text;
    private readonly List<(int Start, int End, string Text)> _replaced = [];
    // Members to insert, by the position behind the brace of their object.
    private readonly SortedDictionary<int, Inserted> _inserted = [];

    /// <exception cref="InputException">The text is not a JSON object.</exception>
    public JsonEdit(string file, string json, Place place)
    {
        _text = Encoding.UTF8.GetBytes(json);
        Root = JsonPart.Parse(file, _text, place: place);
        if (Root.Kind != JsonValueKind.Object) throw Root.Fault("an object such as { \"execution\": { … } } is needed");
    }

    /// <summary>The text before the changes.</summary>
    public JsonPart Root { get; }

    // Members of a new object; a leaf has a value.
    private sealed class Inserted
    {
        public string? Value { get; init; }

        public List<(string Name, Inserted Member)> Members { get; } = [];
    }

    /// <summary>Sets a value, and makes the objects on the path to it. An index of a list that does not exist makes the list.</summary>
    /// <param name="path">Names of members, and "0" for the first item of a list.</param>
    /// <param name="value">JSON in one line.</param>
    /// <exception cref="InputException">A value on the path is not an object.</exception>
    public void Set(IReadOnlyList<string> path, string value)
    {
        var part = Root;
        for (var i = 0; i < path.Count; i++)
        {
            if (part.Kind is not (JsonValueKind.Object or JsonValueKind.Array)) throw part.Fault("an object is needed");
            var next = part.Kind == JsonValueKind.Array ? part.Items[0] : part.Find(path[i]);
            if (next is null)
            {
                Insert(part.Bytes.Start + 1, path.Skip(i).ToList(), value);
                return;
            }
            part = next;
        }
        var lines = _text.AsSpan(part.Bytes.Start, part.Bytes.End - part.Bytes.Start).Count((byte)'\n');
        _replaced.Add((part.Bytes.Start, part.Bytes.End, value + new string('\n', lines)));
    }

    /// <summary>Returns the changed text.</summary>
    public byte[] Apply()
    {
        var edits = _replaced.Concat(_inserted.Select(i => (Start: i.Key, End: i.Key,
            Text: string.Concat(i.Value.Members.Select(m => Json(m.Name, m.Member) + ","))))).OrderBy(e => e.Start);
        using var whole = new MemoryStream();
        var written = 0;
        foreach (var (start, end, text) in edits)
        {
            whole.Write(_text.AsSpan(written, start - written));
            whole.Write(Encoding.UTF8.GetBytes(text));
            written = end;
        }
        whole.Write(_text.AsSpan(written));
        return whole.ToArray();
    }

    private void Insert(int position, List<string> path, string value)
    {
        if (!_inserted.TryGetValue(position, out var at)) _inserted.Add(position, at = new Inserted());
        for (var i = 0; i < path.Count; i++)
        {
            var known = at.Members.FirstOrDefault(m => m.Name == path[i]).Member;
            if (known is null) at.Members.Add((path[i], known = new Inserted { Value = i == path.Count - 1 ? value : null }));
            at = known;
        }
    }

    private static string Json(string name, Inserted of) => $"{JsonValue.Create(name).ToJsonString()}:{Value(of)}";

    private static string Value(Inserted of) => of.Value
        ?? (of.Members is [("0", { } only)] ? $"[{Value(only)}]"
            : $"{{{string.Join(',', of.Members.Select(m => Json(m.Name, m.Member)))}}}");
}
