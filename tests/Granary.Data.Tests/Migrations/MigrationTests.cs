using Granary.Postgres.Migrations;
using Granary.Testing;

namespace Granary.Data.Tests.Migrations;

public sealed class MigrationTests(Databases databases) : IClassFixture<Databases>
{
    [Fact]
    public async Task All_schemas_live_in_one_database_in_any_order_and_each_lists_its_scripts()
    {
        foreach (var order in new[] { DatabaseSchema.All, [.. DatabaseSchema.All.Reverse()] })
        {
            var database = await databases.CreateAsync();
            foreach (var schema in order) (await database.MigrateAsync(schema)).ShouldBe(schema.Scripts.Select(s => s.Name));
            foreach (var schema in order)
            {
                (await database.MigrateAsync(schema)).ShouldBeEmpty();
                (await database.SqlAsync($"SELECT name, sha256 FROM {schema.Name}.granary_migration ORDER BY "
                    + $"number")).ShouldBe(string.Join('\n', schema.Scripts.Select(s => $"{s.Name}|{s.Hash}")));
            }
            (await database.RelationsAsync("public")).ShouldBeEmpty();
            (await database.RelationsAsync("bars")).ShouldBe("granary_bar granary_dataset granary_funding granary_instrument "
                + "granary_market granary_migration");
            (await database.RelationsAsync("cluster")).ShouldBe("cluster_member cluster_version grain_reminder grain_state "
                + "granary_migration orleansquery");
            (await database.RelationsAsync("models")).ShouldBe("granary_migration granary_model_pointer granary_model_version");
            (await database.RelationsAsync("journal")).ShouldBe(
                "granary_enablement granary_fill granary_journal granary_lease granary_migration granary_order granary_position "
                    + "granary_signal granary_trade granary_weights");
        }
    }

    [Fact]
    public async Task Processes_that_migrate_at_once_apply_each_script_once()
    {
        var database = await databases.CreateAsync();
        var applied = await Task.WhenAll(Enumerable.Range(0, 16)
            .Select(i => DatabaseSchema.All[i % DatabaseSchema.All.Count])
            .Select(async schema => (Schema: schema, Names: await database.MigrateAsync(schema))));
        foreach (var schema in DatabaseSchema.All)
            applied.Where(a => a.Schema == schema).SelectMany(a => a.Names).ShouldBe(schema.Scripts.Select(s => s.Name));
    }

    [Fact]
    public async Task A_later_version_is_an_error_of_one_sentence()
    {
        var database = await databases.CreateAsync();
        await database.MigrateAsync(DatabaseSchema.Models);
        await database.SqlAsync("INSERT INTO models.granary_migration VALUES (7, '0007_later.sql', 'x')");
        (await Should.ThrowAsync<MigrationException>(() => database.MigrateAsync(DatabaseSchema.Models))).Message
            .ShouldBe("the schema 'models' was written by a later version of Granary (its tables are of migration 7, this program knows "
                + "1); use that version");
    }

    [Fact]
    public async Task A_script_that_was_changed_after_it_was_applied_is_detected_and_line_endings_are_no_change()
    {
        var database = await databases.CreateAsync();
        await database.MigrateAsync(DatabaseSchema.Models);
        DatabaseSchema With(Func<string, string> change) =>
            DatabaseSchema.Models with { Scripts = [.. DatabaseSchema.Models.Scripts.Select(s => new Migration(s.Name, change(s.Text)))] };
        (await database.MigrateAsync(With(t => t.Replace("\n", "\r\n", StringComparison.Ordinal)))).ShouldBeEmpty();
        (await Should.ThrowAsync<MigrationException>(() => database.MigrateAsync(With(t => t + " ")))).Message
            .ShouldBe("the script 0001_models.sql differs from the one that made the schema 'models'; use the version of Granary that made "
                + "the database");
    }

    [Fact]
    public async Task A_script_that_fails_leaves_nothing_behind()
    {
        var database = await databases.CreateAsync();
        var broken = DatabaseSchema.Models
            with
        {
            Scripts = [.. DatabaseSchema.Models.Scripts,
                new Migration("0002_broken.sql", "CREATE TABLE half (n integer); SELECT 1/0")]
        };
        await Should.ThrowAsync<Npgsql.PostgresException>(() => database.MigrateAsync(broken));
        (await database.SqlAsync("SELECT to_regnamespace('models') IS NULL")).ShouldBe("t");
        (await database.MigrateAsync(DatabaseSchema.Models)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_user_without_the_right_to_create_gets_the_remedy_and_needs_no_right_once_the_tables_exist()
    {
        var database = await databases.CreateAsync();
        var user = "u_" + database.Name;
        await database.AdministerAsync($"CREATE ROLE {user} LOGIN PASSWORD '{PostgresServer.Password}'");
        var refused = await Should.ThrowAsync<MigrationException>(() => database.MigrateAsync(DatabaseSchema.Bars, user));
        refused.Message.ShouldBe($"the user '{user}' may not create or change the tables of the schema 'bars' (permission denied for "
            + $"database {database.Name}); " +
            $"let an administrator run CREATE SCHEMA bars AUTHORIZATION {user}, or grant the user CREATE on the database");
        await database.AdministerAsync($"CREATE SCHEMA bars AUTHORIZATION {user}");
        (await database.MigrateAsync(DatabaseSchema.Bars, user)).Count.ShouldBe(DatabaseSchema.Bars.Scripts.Count);
        await database.MigrateAsync(DatabaseSchema.Models);
        await database.SqlAsync($"GRANT USAGE ON SCHEMA models TO {user}; GRANT SELECT ON ALL TABLES IN SCHEMA models TO {user}");
        (await database.MigrateAsync(DatabaseSchema.Models, user)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Tables_of_another_program_in_the_schema_are_an_error_of_one_sentence_and_stay()
    {
        var database = await databases.CreateAsync();
        await database.SqlAsync("CREATE SCHEMA models; CREATE TABLE models.granary_model_version (theirs text)");
        (await Should.ThrowAsync<MigrationException>(() => database.MigrateAsync(DatabaseSchema.Models))).Message
            .ShouldBe("the schema 'models' has tables that Granary did not create (relation \"granary_model_version\" already exists); "
                + "rename that schema, or give Granary another database");
        (await database.RelationsAsync("models")).ShouldBe("granary_model_version");
    }

    [Fact]
    public async Task Tables_of_another_program_in_other_schemas_do_not_matter()
    {
        // OrleansQuery with its official columns, as another application of Orleans makes it.
        var database = await databases.CreateAsync();
        await database.SqlAsync("CREATE TABLE orleansquery (querykey varchar(64) PRIMARY KEY, querytext varchar(8000)); INSERT INTO "
            + "orleansquery VALUES ('theirs', 'x')");
        (await database.MigrateAsync(DatabaseSchema.Cluster)).ShouldBe(["0001_cluster.sql"]);
        (await database.SqlAsync("SELECT string_agg(querykey, ' ') FROM public.orleansquery")).ShouldBe("theirs");
    }
}
