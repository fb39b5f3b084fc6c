namespace Granary.Data.Journals;

/// <summary>A record of a journal file, after which a later reading continues.</summary>
/// <param name="End">Offset of the record's end, bytes.</param>
/// <param name="Number">The record's number; 0 before the first.</param>
/// <param name="Hash">The record's hash, which the next record continues.</param>
/// <param name="Sequence">The sequence number of the record's last entry; 0 before the first.</param>
internal sealed record JournalPlace(long End, ulong Number, byte[] Hash, long Sequence);
