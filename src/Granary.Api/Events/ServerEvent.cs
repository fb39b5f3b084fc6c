namespace Granary.Api.Events;

/// <summary>One server-sent event.</summary>
/// <param name="Id">Increases with each event of a stream.</param>
/// <param name="Kind">Its type, as 'progress'.</param>
/// <param name="Data">One line of JSON.</param>
internal readonly record struct ServerEvent(long Id, string Kind, string Data);
