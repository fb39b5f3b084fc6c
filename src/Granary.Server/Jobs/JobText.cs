namespace Granary.Server.Jobs;

/// <summary>The text of a job, from which any process can recreate the job.</summary>
/// <param name="Kind">The name of a <see cref="JobKind"/>.</param>
/// <param name="Body">UTF-8 JSON: the batch file of a backtest; for other kinds the body of the request.</param>
/// <param name="File">The file name, for messages.</param>
/// <param name="Folder">The base folder of relative paths in the text.</param>
internal sealed record JobText(string Kind, byte[] Body, string File, string Folder)
{
    /// <summary>When the job was submitted; null before.</summary>
    public DateTimeOffset? SubmittedAt { get; init; }
}
