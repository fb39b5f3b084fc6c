using Granary.Testing;

namespace Granary.Cli.Tests.ClientPrograms;

/// <summary>clients/python/granary.py against servers of this build: the tests of clients/python/tests, and the notebooks.</summary>
public sealed class PythonClientTests
{
    [Fact]
    public async Task The_client_needs_the_standard_library_alone()
    {
        // -S: without the folders of installed packages; -I: without the user's own folders and variables.
        var (code, output) = await PythonProgram.RunAsync("", "python3", "-I", "-S", "tests/run.py");
        code.ShouldBe(0, output);
        output.ShouldContain("0 failed");
        output.ShouldNotContain(" 0 passed");
    }

    [Fact]
    public async Task Its_tables_are_data_frames_where_pandas_is_installed()
    {
        string[] tables = ["each_table_has_the_values_of_its_file", "tables_are_data_frames_exactly_where_pandas_is",
            "a_filtered_table_has_the_columns_and_the_rows_of_the_whole_one", "a_strategy_that_never_trades_leaves_tables_without_rows"];
        var (code, output) = await PythonProgram.RunAsync("pandas", "python3-pandas",
            ["-I", "tests/run.py", "test_requests", .. tables.Select(t => "test_server.RunTests.test_" + t)]);
        code.ShouldBe(0, output);
        output.ShouldContain(" 0 skipped");
    }

    [LongFact("Its_tables_are_data_frames_where_pandas_is_installed, and without pandas The_client_needs_the_standard_library_alone,")]
    public async Task Every_result_of_a_server_is_right_where_pandas_is_installed()
    {
        var (code, output) = await PythonProgram.RunAsync("pandas", "python3-pandas", "-I", "tests/run.py", "test_server.RunTests");
        code.ShouldBe(0, output);
        output.ShouldContain(" 0 skipped");
    }

    [Fact]
    public async Task The_notebooks_give_the_outputs_that_they_show()
    {
        var (code, output) = await PythonProgram.RunAsync("nbclient, ipykernel, pandas, matplotlib",
            "python3-nbclient python3-ipykernel python3-pandas python3-matplotlib", "notebooks/check.py");
        code.ShouldBe(0, output);
        output.ShouldContain("first-backtest.ipynb: each output is as recorded");
        output.ShouldContain("search-and-monte-carlo.ipynb: each output is as recorded");
    }

    [Theory]
    [InlineData("first-backtest")]
    [InlineData("search-and-monte-carlo")]
    public void The_outputs_of_a_notebook_name_no_path_and_no_fault_of_this_machine(string name)
    {
        var text = File.ReadAllText(Path.Combine(PythonProgram.Folder, "notebooks", name + ".ipynb"));
        using var notebook = System.Text.Json.JsonDocument.Parse(text);
        var outputs = notebook.RootElement.GetProperty("cells").EnumerateArray()
            .Where(c => c.TryGetProperty("outputs", out _)).SelectMany(c => c.GetProperty("outputs").EnumerateArray()).ToList();
        outputs.Count.ShouldBeGreaterThan(5);
        outputs.Any(o => o.GetProperty("output_type").GetString() == "error").ShouldBeFalse();
        outputs.Any(o => o.TryGetProperty("data", out var data) && data.TryGetProperty("image/png", out _)).ShouldBeTrue();
        foreach (var output in outputs)
        {
            var shown = !output.TryGetProperty("data", out var data) ? output.GetRawText()
                : string.Concat(data.EnumerateObject().Where(p => p.Name != "image/png").Select(p => p.Value.GetRawText()));
            foreach (var place in (string[])["/home/", "/root/", "/tmp/", "/usr/", "127.0.0.1", "C:\\\\"]) shown.ShouldNotContain(place);
        }
    }
}
