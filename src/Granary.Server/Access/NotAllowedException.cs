namespace Granary.Server.Access;

/// <summary>The caller does not have the right that an operation needs. The message is one sentence.</summary>
internal sealed class NotAllowedException(string message) : Exception(message);
