using System.Runtime.CompilerServices;
using Granary.Testing;
using Xunit.v3;

namespace Granary.Data.Tests.QuestDb;

/// <summary>A test on a real QuestDB server, which GRANARY_TEST_QUESTDB names.</summary>
[XunitTestCaseDiscoverer(typeof(RequirementDiscoverer))]
[AttributeUsage(AttributeTargets.Method)]
internal sealed class QuestDbFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
    : FactAttribute(sourceFilePath, sourceLineNumber), IRequirement
{
    public static string? Server => Environment.GetEnvironmentVariable("GRANARY_TEST_QUESTDB") is { Length: > 0 } server ? server : null;

    public string? Missing(Type testClass) =>
        Server is null ? "needs a QuestDB server: name it in GRANARY_TEST_QUESTDB, as questdb://127.0.0.1:9000?pg=8812&ilp=tcp:9009" : null;
}
