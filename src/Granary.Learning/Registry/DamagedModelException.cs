using Granary.Engine;

namespace Granary.Learning.Registry;

/// <summary>A stored model is damaged, although the caller named the correct one.</summary>
internal sealed class DamagedModelException(string message, Exception? inner = null) : InputException(message, inner);
