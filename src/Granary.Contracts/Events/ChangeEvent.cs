namespace Granary.Contracts.Events;

/// <summary>Something in a collection has changed; read it again by its id.</summary>
/// <param name="Kind">job, run, weights, session or deployment.</param>
/// <param name="Id">The id of the job, run, portfolio or session, or the number of the deployment.</param>
/// <param name="State">
/// A job's or run's state, a session's phase, the version of weights, the action on a deployment; or "removed".
/// </param>
/// <param name="At">When the server noticed it, UTC.</param>
public sealed record ChangeEvent(string Kind, string Id, string State, DateTimeOffset At);
