using Granary.Application.Live;

namespace Granary.Cluster.Grains.Portfolios;

/// <summary>One attempt to run an account's session.</summary>
/// <param name="Account">Its name.</param>
/// <param name="Epoch">Higher than that of each attempt before.</param>
/// <param name="Start">How the session was started.</param>
internal sealed record SessionAttempt(string Account, long Epoch, SessionStart Start);
