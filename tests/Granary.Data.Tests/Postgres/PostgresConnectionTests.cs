using Granary.Engine.Market;
using Granary.Postgres.Addresses;
using Granary.Storage.Addresses;

namespace Granary.Data.Tests.Postgres;

public sealed class PostgresConnectionTests
{
    [Fact]
    public void A_connection_takes_user_database_and_options_from_the_address()
    {
        var connection = PostgresConnection.Of(ServerAddress.Of(Address.Parse("postgres://me:p%40ss@h/db?sslmode=verify-full&timeout=7"),
            [.. PostgresConnection.Options]));
        (connection.Host, connection.Port, connection.Username, connection.Password, connection.Database).ShouldBe(("h", 5432, "me", "p@ss",
            "db"));
        (connection.SslMode, connection.Timeout).ShouldBe((Npgsql.SslMode.VerifyFull, 7));
        foreach (var text in new[] { "postgres://h/db?timeout=0", "postgres://h/db?sslmode=maybe", "postgres://h/a/b" })
            Should.Throw<BarDataException>(() => PostgresConnection.Of(ServerAddress.Of(Address.Parse(text),
                [.. PostgresConnection.Options])));
    }
}
