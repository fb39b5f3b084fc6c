using System.Text;
using Granary.Engine;
using Granary.Learning.ModelFiles;
using Granary.Learning.Registry;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Tests.Registry;

public sealed class ModelRegistryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-models").FullName;
    private readonly ModelRegistry _registry;
    private static readonly TrainingTable Table = SyntheticTables.Classes(300);

    public ModelRegistryTests() => _registry = new ModelRegistry(new FileModelStore(_folder), ModelKindCatalogue.BuiltIn);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static ITrainedModel Train(double c = 1) =>
        TrainerCatalogue.BuiltIn.Create("logistic", ("c", c)).Train(Table.Range(0, 200), new TrainingOptions());

    private static ModelLineage Lineage(double auc = 0.6) => new()
    {
        DataHash = Table.Hash(),
        Data = "SYN:1h",
        From = DateTime.UnixEpoch,
        To = DateTime.UnixEpoch.AddDays(1),
        Samples = 200,
        Features = Table.Features,
        Label = "y",
        Trainer = "logistic",
        Seed = 1,
        InSample = new Dictionary<string, double> { ["auc"] = 0.7 },
        OutOfSample = new Dictionary<string, double> { ["auc"] = auc },
        TrainTestGap = 0.7 - auc,
        CreatedAt = DateTime.UnixEpoch.AddDays(2),
    };

    [Fact]
    public void Versions_count_up_keep_their_lineage_and_predict_the_same_bits_wherever_they_are_loaded()
    {
        var model = Train();
        _registry.Add("gate", model, Lineage()).Number.ShouldBe(1);
        _registry.Add("gate", Train(0.1), Lineage(0.65)).Number.ShouldBe(2);
        var (loaded, version) = new ModelRegistry(new FileModelStore(_folder), ModelKindCatalogue.BuiltIn).Load("gate", 1);
        version.Lineage.DataHash.ShouldBe(Table.Hash());
        version.Lineage.OutOfSample["auc"].ShouldBe(0.6);
        version.Lineage.Features.ShouldBe(Table.Features);
        for (var i = 200; i < 300; i++)
            BitConverter.DoubleToInt64Bits(loaded.Predict(Table.Row(i)))
                .ShouldBe(BitConverter.DoubleToInt64Bits(model.Predict(Table.Row(i))));
        _registry.Models().ShouldBe(["gate"]);
        _registry.Versions("gate").Select(v => v.Number).ShouldBe([1, 2]);
    }

    [Theory]
    [InlineData("model.bin")]
    [InlineData("lineage.json")]
    [InlineData("")]
    public void A_roll_back_to_a_damaged_or_removed_version_is_refused_and_changes_nothing(string file)
    {
        for (var i = 1; i <= 3; i++)
        {
            _registry.Add("gate", Train(), Lineage());
            _registry.Promote("gate", i);
        }
        var version = Path.Combine(_folder, "gate", "v0002");
        if (file.Length == 0) Directory.Delete(version, recursive: true);
        else File.AppendAllText(Path.Combine(version, file), "x");
        var message = Should.Throw<InputException>(() => _registry.RollBack("gate")).Message;
        message.ShouldContain("version 3 of the model 'gate' stays current, because version 2 before it cannot be used");
        _registry.Pointer("gate").Current.ShouldBe(3);
        _registry.Load("gate").Version.Number.ShouldBe(3);
    }

    [Theory]
    [InlineData("model.bin")]
    [InlineData("lineage.json")]
    public void A_version_with_a_missing_file_is_named_and_hides_no_other(string file)
    {
        for (var i = 1; i <= 3; i++) _registry.Add("gate", Train(i), Lineage());
        var path = Path.Combine(_folder, "gate", "v0002", file);
        File.Delete(path);
        _registry.Versions("gate", out var faults).Select(v => v.Number).ShouldBe([1, 3]);
        faults.ShouldHaveSingleItem().ShouldBe($"model 'gate' version 2 is damaged: gate/v0002/{file} is missing; put back a copy, or "
            + "remove the folder and promote another version");
        Should.Throw<DamagedModelException>(() => _registry.Load("gate", 2));
        // A folder in the place of the file cannot be read either.
        Directory.CreateDirectory(path);
        Should.Throw<InputException>(() => _registry.Load("gate", 2)).Message.ShouldContain($"gate/v0002/{file} cannot be read");
        // Training finds the equal version among the others, and the next one has the next number.
        _registry.Find("gate", ModelRegistry.HashOf(Train(3)), Table.Hash())!.Number.ShouldBe(3);
        _registry.Add("gate", Train(4), Lineage()).Number.ShouldBe(4);
    }

    [Fact]
    public void A_damaged_pointer_is_a_fault_of_its_model_alone()
    {
        foreach (var name in (string[])["a", "b"])
        {
            _registry.Add(name, Train(), Lineage());
            _registry.Promote(name, 1);
        }
        File.AppendAllText(Path.Combine(_folder, "a", "current.json"), "x");
        _registry.CurrentOf("a", out var fault).ShouldBe(0);
        fault!.ShouldContain("the pointer to the current version of model 'a' is damaged");
        _registry.CurrentOf("b", out fault).ShouldBe(1);
        fault.ShouldBeNull();
    }

    [Fact]
    public void Promotion_can_be_rolled_back_step_by_step()
    {
        for (var i = 0; i < 3; i++) _registry.Add("gate", Train(), Lineage());
        Should.Throw<InputException>(() =>
            _registry.Load("gate")).Message.ShouldContain("no version of the model 'gate' is promoted");
        foreach (var n in new[] { 1, 3, 2 }) _registry.Promote("gate", n);
        _registry.Load("gate").Version.Number.ShouldBe(2);
        _registry.RollBack("gate").Current.ShouldBe(3);
        _registry.RollBack("gate").Current.ShouldBe(1);
        Should.Throw<InputException>(() => _registry.RollBack("gate")).Message.ShouldContain("version 1 is the first");
        _registry.Load("gate").Version.Number.ShouldBe(1);
    }

    [Fact]
    public void A_comparison_names_what_differs_and_nothing_else()
    {
        _registry.Add("gate", Train(), Lineage());
        _registry.Add("gate", Train(0.01), Lineage(0.65));
        var differences = _registry.Compare("gate", 1, 2).Differences;
        differences.Select(d => d.Field).ShouldBe(["modelHash", "outOfSample.auc", "trainTestGap"]);
        differences[1].ShouldBe(("outOfSample.auc", "0.6", "0.65"));
    }

    [Fact]
    public void Many_writers_get_numbers_of_their_own()
    {
        var model = Train();
        Parallel.For(0, 12, _ => new ModelRegistry(new FileModelStore(_folder), ModelKindCatalogue.BuiltIn).Add("gate", model, Lineage()));
        _registry.Versions("gate").Select(v => v.Number).ShouldBe(Enumerable.Range(1, 12));
        Directory.GetDirectories(Path.Combine(_folder, "gate"), ".new*").ShouldBeEmpty();
    }

    [Fact]
    public void Promotions_side_by_side_lose_none()
    {
        const int Models = 8;
        var model = Train();
        for (var i = 0; i <= Models; i++) _registry.Add("gate", model, Lineage());
        _registry.Promote("gate", Models + 1);
        using var begin = new Barrier(Models);
        var threads = Enumerable.Range(1, Models).Select(n => new Thread(() =>
        {
            begin.SignalAndWait();
            new ModelRegistry(new FileModelStore(_folder), ModelKindCatalogue.BuiltIn).Promote("gate", n);
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        var pointer = _registry.Pointer("gate");
        pointer.History.Append(pointer.Current).ShouldBe(Enumerable.Range(1, Models + 1), ignoreOrder: true);
        pointer.History[0].ShouldBe(Models + 1);
    }

    [Theory]
    [InlineData("v0001/model.bin", "the file of model 'gate' version 1 is damaged or was changed")]
    [InlineData("v0001/lineage.json", "the lineage of model 'gate' version 1 is damaged or was changed")]
    [InlineData("current.json", "the pointer to the current version of model 'gate' is damaged or was changed")]
    public void A_file_that_is_changed_at_any_byte_cut_or_emptied_is_refused_before_use(string name, string sentence)
    {
        _registry.Add("gate", Train(), Lineage());
        _registry.Promote("gate", 1);
        var path = Path.Combine(_folder, "gate", name);
        var bytes = File.ReadAllBytes(path);
        for (var at = 0; at < bytes.Length; at++)
        {
            var copy = (byte[])bytes.Clone();
            copy[at] ^= (byte)(1 << at % 8);
            Refused(copy, $"at {at}");
            if (at % 16 == 0) Refused(bytes[..at], $"cut at {at}");
        }
        File.WriteAllBytes(path, bytes);
        _registry.Load("gate").Version.Number.ShouldBe(1);

        void Refused(byte[] damaged, string where)
        {
            File.WriteAllBytes(path, damaged);
            var refused = Should.Throw<DamagedModelException>(() => _registry.Load("gate"), where);
            refused.Message.ShouldNotContain('\n');
            refused.Message.ShouldStartWith(sentence);
        }
    }

    [Fact]
    public void A_version_in_the_place_of_another_is_refused()
    {
        _registry.Add("gate", Train(), Lineage());
        _registry.Add("gate", Train(0.1), Lineage());
        foreach (var name in (string[])["model.bin", "lineage.json"])
            File.Copy(Path.Combine(_folder, "gate", "v0001", name), Path.Combine(_folder, "gate", "v0002", name), overwrite: true);
        Should.Throw<InputException>(() => _registry.Load("gate", 2)).Message.ShouldContain("is that of version 1");
    }

    [Fact]
    public void What_is_missing_damaged_or_newer_is_said_in_one_sentence()
    {
        Should.Throw<InputException>(() => _registry.Load("gate")).Message.ShouldContain("there is no model 'gate'");
        _registry.Add("gate", Train(), Lineage());
        Should.Throw<InputException>(() => _registry.Load("gaet", 1)).Message.ShouldContain("did you mean 'gate'?");
        Should.Throw<InputException>(() => _registry.Load("gate", 7)).Message.ShouldContain("no version 7; it has 1");
        Should.Throw<InputException>(() => _registry.Load("../gate", 1)).Message.ShouldContain("cannot name a model");

        var bytes = ModelFile.ToBytes(Train());
        var newer = (byte[])bytes.Clone();
        newer[4] = 9;
        Should.Throw<InputException>(() => ModelKindCatalogue.BuiltIn.FromBytes(newer, "m.bin")).Message.ShouldContain(
            "m.bin has model format 9, and this program reads up to 1");
        bytes[100] ^= 1;
        Should.Throw<InputException>(() => ModelKindCatalogue.BuiltIn.FromBytes(bytes, "m.bin")).Message.ShouldContain("damaged");
        Should.Throw<InputException>(() => ModelKindCatalogue.BuiltIn.FromBytes(Encoding.UTF8.GetBytes(new string('x', 100)),
            "m.bin")).Message.ShouldContain("not a Granary model");
    }

    [Fact]
    public void A_strategy_id_becomes_a_name_that_a_file_system_takes_and_no_other_id_shares()
    {
        var a = ModelRegistry.NameFor("SmaCross(fast=10,slow=30)@ORCL:1d");
        a.ShouldNotBe(ModelRegistry.NameFor("SmaCross(fast=10.slow=30)@ORCL:1d"));
        _registry.Add(a, Train(), Lineage()).Number.ShouldBe(1);
        ModelRegistry.NameFor("gate-1").ShouldBe("gate-1");
    }
}
