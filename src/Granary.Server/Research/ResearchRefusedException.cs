namespace Granary.Server.Research;

/// <summary>The limits of the caller do not permit an operation.</summary>
/// <param name="message">One sentence with the reason and the remedy.</param>
public sealed class ResearchRefusedException(string message) : Exception(message);
