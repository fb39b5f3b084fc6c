namespace Granary.QuestDb;

/// <summary>Selection of rows of a table.</summary>
/// <param name="Time">Its designated timestamp.</param>
/// <param name="Symbol">Null where the table has one symbol only.</param>
/// <param name="From">UTC ticks, included; null = from its first.</param>
/// <param name="To">UTC ticks, excluded; null = to its last.</param>
internal sealed record QuestDbRows(string Table, string Time, string? Symbol, long? From = null, long? To = null);
