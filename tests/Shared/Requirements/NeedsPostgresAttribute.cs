namespace Granary.Testing;

/// <summary>A fixture that needs a PostgreSQL server: where none is installed, the tests that share it skip.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class NeedsPostgresAttribute : Attribute, IRequirement
{
    public string? Missing(Type testClass) => PostgresServer.MissingReason;
}
