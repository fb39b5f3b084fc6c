using Granary.Engine;

namespace Granary.Simulation.RunFolders;

/// <summary>A folder that was to be resumed has another run, or one with other bars.</summary>
internal sealed class OtherRunException(string message) : InputException(message);
