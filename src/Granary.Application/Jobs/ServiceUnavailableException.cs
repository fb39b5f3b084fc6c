namespace Granary.Application.Jobs;

/// <summary>What is needed to answer cannot be reached at the moment; asking again later may work.</summary>
/// <param name="message">One sentence that says what, and what to do.</param>
public sealed class ServiceUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
