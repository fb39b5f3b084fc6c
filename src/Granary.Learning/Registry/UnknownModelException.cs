using Granary.Engine;

namespace Granary.Learning.Registry;

/// <summary>There is no such model, or the model has no such version.</summary>
internal sealed class UnknownModelException(string message, Exception? inner = null) : InputException(message, inner);
