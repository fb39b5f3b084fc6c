using System.Collections.Frozen;

namespace Granary.Simulation.Plugins;

/// <summary>
/// The assemblies of .NET's base library that strategies, factors and rules of plug-ins may refer to. They always come from the host: a
/// plug-in cannot bring another assembly under one of these names.
/// </summary>
internal static class RuntimeLibraries
{
    private static readonly FrozenSet<string> s_names = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "mscorlib", "netstandard", "System.Private.CoreLib", "System.Runtime", "System.Runtime.Extensions", "System.Collections",
        "System.Collections.Concurrent", "System.Collections.Immutable", "System.Collections.NonGeneric",
        "System.Collections.Specialized", "System.ObjectModel", "System.Linq", "System.Memory", "System.Numerics.Vectors",
        "System.Runtime.Numerics", "System.Runtime.Intrinsics", "System.Runtime.InteropServices", "System.Globalization",
        "System.Text.RegularExpressions", "System.Text.Encoding.Extensions", "System.Threading", "System.Diagnostics.Debug");

    /// <param name="assembly">Simple name.</param>
    public static bool Contains(string assembly) => s_names.Contains(assembly);
}
