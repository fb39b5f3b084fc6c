namespace Granary.Server.Jobs;

/// <summary>The text of a job: with it any process reads the job again.</summary>
/// <param name="Kind">The name of a <see cref="JobKind"/>.</param>
/// <param name="Body">UTF-8 JSON: the batch file of a backtest, the body of the request for other kinds.</param>
/// <param name="File">Its name, for messages.</param>
/// <param name="Folder">What relative paths in it are relative to.</param>
public sealed record JobText(string Kind, byte[] Body, string File, string Folder);
