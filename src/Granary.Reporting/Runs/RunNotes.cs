using System.Text.Json;

namespace Granary.Reporting.Runs;

/// <summary>Lists of notes: their order, and how results.json spells them.</summary>
public static class RunNotes
{
    /// <summary>The notes in the order in which they are shown; a sentence that is there twice is shown once.</summary>
    public static IReadOnlyList<RunNote> Ordered(IEnumerable<RunNote> notes) =>
        [.. notes.DistinctBy(n => (n.Code, n.Sentence)).OrderBy(n => n.Code)];

    /// <summary>The same model with further notes, in order.</summary>
    public static RunModel With(this RunModel model, params IEnumerable<RunNote> notes) =>
        model with { Notes = Ordered(model.Notes.Concat(notes)) };

    /// <summary>Writes them as the member <c>notes</c> of an object.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<RunNote> notes)
    {
        json.WriteStartArray("notes");
        foreach (var note in notes)
        {
            json.WriteStartObject();
            json.WriteString("code", note.CodeText);
            json.WriteString("sentence", note.Sentence);
            json.WriteNumber("count", note.Count);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>The code of a spelling in results.json; null for one of a newer Granary.</summary>
    public static NoteCode? CodeOf(string text)
    {
        foreach (var code in Enum.GetValues<NoteCode>())
            if (new RunNote(code, "").CodeText == text)
                return code;
        return null;
    }
}
