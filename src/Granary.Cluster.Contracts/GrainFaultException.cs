namespace Granary.Cluster;

/// <summary>
/// A call to a grain failed for a reason that is none of Granary's own faults, such as an exception of a library or a plug-in. The message
/// has the type and the text of that exception.
/// </summary>
internal sealed class GrainFaultException(string message) : Exception(message);
