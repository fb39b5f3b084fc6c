using Granary.Learning.ModelFiles;
using Granary.Learning.Registry;
using Granary.Learning.Trainers;

namespace Granary.Learning.Tests.Trainers;

/// <summary>Trained networks: a change of the network library must not change their bits.</summary>
public class NetworkBitsTests
{
    [Theory]
    [InlineData("mlp", "9db3cad506f9abf8296950fd3a9dd4cda992d57b07ade03b2e1d2b21f5abf1cd")]
    [InlineData("lstm", "879554321927642a2b4a92c9f892b8ca7d4f524f7e44bf2432eea311a32adb1d")]
    public void A_trained_network_has_the_recorded_bits(string trainer, string hash)
    {
        var model = TrainersUnderTest.Create(trainer).Train(SyntheticTables.Classes(700).Range(0, 500), new TrainingOptions(5));
        ModelRegistry.HashOf(ModelFile.ToBytes(model)).ShouldBe(hash);
    }
}
