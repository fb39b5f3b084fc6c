using Granary.Storage.Migrations;

namespace Granary.Storage.Tests.Migrations;

/// <summary>Databases that Granary 0.1 made, restored from dumps: all tables of all concerns in the schema public.</summary>
public sealed class EarlierDatabaseTests(Databases databases) : IClassFixture<Databases>
{
    private const string Bars = "0.1-bars-journal-models.sql", Cluster = "0.1-cluster-journal.sql";

    private static Task<string> RowsAsync(TestDatabase database, string table) =>
        database.SqlAsync($"SELECT t::text FROM {table} t ORDER BY 1");

    [Theory]
    [InlineData(Bars, "bars", "granary_bar granary_market granary_instrument granary_dataset")]
    [InlineData(Bars, "journal", "granary_journal granary_lease granary_order granary_fill granary_trade granary_position granary_signal "
        + "granary_weights granary_enablement")]
    [InlineData(Bars, "models", "granary_model_version granary_model_pointer")]
    [InlineData(Cluster, "cluster", "orleansquery cluster_version cluster_member grain_state grain_reminder")]
    [InlineData(Cluster, "journal",
        "granary_journal granary_lease granary_order granary_fill granary_trade granary_position granary_signal granary_weights "
            + "granary_enablement")]
    public async Task The_upgrade_moves_all_rows_of_a_concern_and_leaves_the_others(string dump, string name, string tables)
    {
        var database = await databases.CreateAsync();
        await database.RestoreAsync(dump);
        var before = new List<string>();
        foreach (var table in tables.Split(' ')) before.Add(await RowsAsync(database, "public." + table));
        before[0].ShouldNotBeEmpty();
        var schema = DatabaseSchema.All.Single(s => s.Name == name);
        (await database.MigrateAsync(schema)).ShouldBeEmpty("every script had run before the tables moved");
        (await database.MigrateAsync(schema)).ShouldBeEmpty();
        var after = new List<string>();
        foreach (var table in tables.Split(' ')) after.Add(await RowsAsync(database, $"{name}.{table}"));
        after.ShouldBe(before);
        (await database.SqlAsync($"SELECT string_agg(number || ' ' || sha256, ',' ORDER BY number) FROM {name}.granary_migration"))
            .ShouldBe(string.Join(',', schema.Scripts.Select(s => $"{s.Number} {s.Hash}")));
        foreach (var table in tables.Split(' '))
            (await database.SqlAsync($"SELECT to_regclass('public.{table}') IS NULL")).ShouldBe("t", table);
        if (dump == Bars && name != "bars") (await database.SqlAsync("SELECT count(*) FROM public.granary_bar")).ShouldBe("3");
    }

    [Fact]
    public async Task The_concerns_of_one_database_move_at_once_from_several_processes()
    {
        var database = await databases.CreateAsync();
        await database.RestoreAsync(Bars);
        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => database.MigrateAsync(DatabaseSchema.All[i % DatabaseSchema.All.Count])));
        (await database.RelationsAsync("public")).ShouldBe("granary_journal_migration granary_migration");
        (await database.SqlAsync("SELECT count(*) FROM bars.granary_bar")).ShouldBe("3");
        (await database.SqlAsync("SELECT count(*) FROM cluster.orleansquery")).ShouldBe("20", "there were none before, so the scripts ran");
        // The sequence of market ids goes on where it was.
        (await database.SqlAsync("INSERT INTO bars.granary_market (dataset, symbol, timeframe, about, has_adjusted) SELECT dataset, "
            + "symbol, '1d', about, false FROM bars.granary_market RETURNING id"))
            .ShouldBe("2");
    }

    [Theory]
    [InlineData(Bars, "bars", "SELECT coalesce(max(number), 0) > 2 FROM granary_migration")]
    [InlineData(Cluster, "cluster", "SELECT max(number) > 4 AND bool_and(sha256 IS NOT NULL) FROM granary_migration")]
    [InlineData(Bars, "journal", "SELECT coalesce(max(number), 0) > 2 FROM granary_journal_migration")]
    public async Task A_program_of_the_earlier_version_finds_a_later_database_afterwards(string dump, string name, string question)
    {
        // The question is what 0.1 asks before it makes or changes tables.
        var database = await databases.CreateAsync();
        await database.RestoreAsync(dump);
        await database.MigrateAsync(DatabaseSchema.All.Single(s => s.Name == name));
        (await database.SqlAsync(question)).ShouldBe("t");
    }

    [Fact]
    public async Task Rights_that_were_granted_still_suffice_after_the_move()
    {
        var database = await databases.CreateAsync();
        await database.RestoreAsync(Bars);
        var user = "r_" + database.Name;
        await database.SqlAsync($"CREATE ROLE {user} LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {user}");
        await database.MigrateAsync(DatabaseSchema.Bars);
        (await database.MigrateAsync(DatabaseSchema.Bars, user)).ShouldBeEmpty();
        (await database.SqlAsync($"SET ROLE {user}; SELECT count(*) FROM bars.granary_bar")).ShouldBe("3");
    }

    [Fact]
    public async Task Tables_in_a_schema_that_the_connection_names_are_found_there()
    {
        var database = await databases.CreateAsync();
        await database.RestoreAsync(Cluster);
        await database.SqlAsync("ALTER SCHEMA public RENAME TO \"Our Silo\"");
        var named = database with { Connection = database.Connection + ";Search Path='\"Our Silo\"'" };
        (await named.MigrateAsync(DatabaseSchema.Cluster)).ShouldBeEmpty();
        (await database.SqlAsync("SELECT key_text FROM cluster.grain_state")).ShouldBe("run-1");
    }

    [Fact]
    public async Task A_changed_script_of_the_earlier_version_is_detected_and_nothing_moves()
    {
        var database = await databases.CreateAsync();
        await database.RestoreAsync(Cluster);
        await database.SqlAsync("UPDATE granary_migration SET sha256 = 'other' WHERE number = 3");
        (await Should.ThrowAsync<MigrationException>(() =>
            database.MigrateAsync(DatabaseSchema.Cluster))).Message.ShouldStartWith("the script 0003_grain_state.sql differs");
        (await database.SqlAsync("SELECT count(*) FROM public.cluster_member")).ShouldBe("1");
    }

    [Fact]
    public async Task Tables_of_other_programs_stay_where_they_are()
    {
        // OrleansQuery with its official columns, as another application of Orleans makes it.
        var database = await databases.CreateAsync();
        await database.SqlAsync("CREATE TABLE orleansquery (querykey varchar(64) PRIMARY KEY, querytext varchar(8000)); INSERT INTO "
            + "orleansquery VALUES ('theirs', 'x')");
        (await database.MigrateAsync(DatabaseSchema.Cluster)).Count.ShouldBe(4);
        (await database.SqlAsync("SELECT string_agg(querykey, ' ') FROM public.orleansquery")).ShouldBe("theirs");
    }
}
