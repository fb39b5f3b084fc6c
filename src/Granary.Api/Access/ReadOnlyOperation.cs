namespace Granary.Api.Access;

/// <summary>Marks an operation that takes a body but changes nothing.</summary>
internal sealed class ReadOnlyOperation;
