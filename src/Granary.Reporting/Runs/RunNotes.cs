using System.Text.Json;

namespace Granary.Reporting.Runs;

/// <summary>Sorts notes, and writes them to results.json.</summary>
internal static class RunNotes
{
    /// <summary>Returns the notes in display order, without repeated sentences.</summary>
    public static IReadOnlyList<RunNote> Ordered(IEnumerable<RunNote> notes) =>
        [.. notes.DistinctBy(n => (n.Code, n.Sentence)).OrderBy(n => n.Code)];

    /// <summary>Returns the model with additional notes, in order.</summary>
    public static RunModel With(this RunModel model, params IEnumerable<RunNote> notes) =>
        model with { Notes = Ordered(model.Notes.Concat(notes)) };

    /// <summary>Writes the notes as the member <c>notes</c> of an object.</summary>
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

    /// <summary>Parses a code from results.json; null if it is from a newer version of Granary.</summary>
    public static NoteCode? CodeOf(string text)
    {
        foreach (var code in Enum.GetValues<NoteCode>())
            if (new RunNote(code, "").CodeText == text)
                return code;
        return null;
    }
}
