using System.Text.Json;

namespace Granary.Reporting.Runs;

/// <summary>
/// A fact that the reader of a run needs before its figures. The terminal, results.json (key <c>notes</c>) and the top of the report show
/// the notes of <see cref="RunModel.Notes"/>.
/// </summary>
/// <remarks>
/// To add a note, add a value to <see cref="NoteCode"/> if none fits, and return a <see cref="RunNote"/> from the code that detects the
/// fact. <c>BatchNotes</c> (Granary.Simulation) collects the notes of a batch, <c>WalkForwardRunner</c> those of a walk-forward. A
/// component that has the finished model uses <see cref="RunNotes.With"/>.
/// </remarks>
/// <param name="Code">Topic of the note; scripts match on it.</param>
/// <param name="Sentence">One or two whole sentences: the fact, its figure, and the remedy where there is one.</param>
/// <param name="Count">How many strategies, signals, bars or symbols it is about, as the sentence says.</param>
internal sealed record RunNote(NoteCode Code, string Sentence, long Count = 1)
{
    /// <summary>The code as in results.json.</summary>
    public string CodeText => JsonNamingPolicy.KebabCaseLower.ConvertName(Code.ToString());
}
