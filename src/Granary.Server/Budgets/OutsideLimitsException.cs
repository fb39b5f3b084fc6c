namespace Granary.Server.Budgets;

/// <summary>The limits of the caller do not permit an operation.</summary>
/// <param name="message">One sentence with the reason and the remedy.</param>
internal sealed class OutsideLimitsException(string message) : Exception(message);
