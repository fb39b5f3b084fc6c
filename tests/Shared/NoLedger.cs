using System.Runtime.CompilerServices;

namespace Granary.Testing;

/// <summary>Tests leave the ledger of the user alone. One that needs a ledger names a folder of its own.</summary>
internal static class NoLedger
{
    [ModuleInitializer]
    internal static void Set() => Environment.SetEnvironmentVariable("GRANARY_TRIALS", "none");
}
