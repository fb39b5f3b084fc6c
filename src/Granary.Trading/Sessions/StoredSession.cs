using Granary.Contracts.Sessions;
using Granary.Trading.Live;

namespace Granary.Trading.Sessions;

/// <summary>The last session of an account, as stored in its file.</summary>
/// <param name="Start">The request with which the next process continues the session.</param>
/// <param name="View">The session's state when the file was written.</param>
/// <param name="Commands">Commands that no session has executed yet.</param>
internal sealed record StoredSession(SessionStart Start, SessionView View, IReadOnlyList<IssuedCommand> Commands);
