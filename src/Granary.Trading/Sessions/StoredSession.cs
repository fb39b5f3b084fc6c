using Granary.Contracts.Sessions;
using Granary.Trading.Live;

namespace Granary.Trading.Sessions;

/// <summary>An account's last session as its file keeps it.</summary>
/// <param name="Start">With it the next process continues the session.</param>
/// <param name="View">How the session stood when the file was written.</param>
/// <param name="Commands">Commands that no session has carried out yet.</param>
internal sealed record StoredSession(SessionStart Start, SessionView View, IReadOnlyList<SessionOrder> Commands);
