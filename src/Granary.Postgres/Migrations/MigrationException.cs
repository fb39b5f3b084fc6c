namespace Granary.Postgres.Migrations;

/// <summary>
/// The tables of a database cannot be brought up to date. The message is one sentence without the place, which the caller knows.
/// </summary>
internal sealed class MigrationException : Exception
{
    public MigrationException()
    {
    }

    public MigrationException(string message) : base(message)
    {
    }

    public MigrationException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
