using System.Text.Json;

namespace Granary.Reporting.Runs;

/// <summary>
/// A fact that the reader of a run must know before its figures. The notes of <see cref="RunModel.Notes"/> are shown in the terminal, in
/// results.json (key <c>notes</c>) and at the head of the report.
/// </summary>
/// <remarks>
/// How to add a note: add a value to <see cref="NoteCode"/> where none fits, and return a <see cref="RunNote"/> from the place that knows
/// the fact. A batch's notes are collected by <c>BatchNotes</c> (Granary.Simulation), those of a walk-forward by <c>WalkForwardRunner</c>;
/// a part that has the finished model uses <see cref="RunNotes.With"/>.
/// </remarks>
/// <param name="Code">What it is about; scripts match on it.</param>
/// <param name="Sentence">One or two whole sentences: the fact, its figure, and the remedy where there is one.</param>
/// <param name="Count">How many strategies, signals, bars or symbols it is about, as the sentence says.</param>
public sealed record RunNote(NoteCode Code, string Sentence, long Count = 1)
{
    /// <summary>The code as results.json spells it.</summary>
    public string CodeText => JsonNamingPolicy.KebabCaseLower.ConvertName(Code.ToString());
}
