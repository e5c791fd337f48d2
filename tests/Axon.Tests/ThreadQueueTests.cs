// Licensed under the Apache License, Version 2.0. See LICENSE.

using CsCheck;

namespace Axon.Tests;

public class ThreadQueueTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(1000)]
    public void TryPut_UpToTheLimit_AndEachTakeMakesRoomForOne(int limit)
    {
        ThreadQueue queue = new(limit);

        for (int i = 0; i < limit; i++)
        {
            Assert.True(queue.TryPut(i));
        }

        for (int i = 0; i < 3 * limit; i++)
        {
            Assert.False(queue.TryPut("too many"));
            Assert.Equal(limit, queue.Count);
            Assert.True(queue.TryTake(out object? taken));
            Assert.Equal(i, taken);
            Assert.True(queue.TryPut(limit + i));
        }
    }

    [Fact]
    public void PutPeekTake_InAnyOrder_AreThoseOfAQueue() =>
        Gen.Int[0, 3].Array[0, 400].Select(Gen.Int[1, 70]).Sample((operations, limit) =>
        {
            ThreadQueue queue = new(limit);
            Queue<int> model = new();
            int next = 0;
            foreach (int operation in operations)
            {
                // More puts than takes, so that rings fill and follow one another.
                if (operation < 2)
                {
                    Assert.Equal(model.Count < limit, queue.TryPut(next));
                    if (model.Count < limit)
                    {
                        model.Enqueue(next);
                    }

                    next++;
                }
                else
                {
                    Assert.Equal(model.TryPeek(out int expected), queue.TryPeek(out object? peeked));
                    Assert.Equal(model.TryDequeue(out _), queue.TryTake(out object? taken));
                    Assert.Equal((taken, taken ?? expected), (peeked, expected));
                }

                Assert.Equal(model.Count, queue.Count);
            }
        });

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(1000)]
    [InlineData(int.MaxValue)]
    public void TwoThreads_EveryMessageOnceAndInOrder(int limit)
    {
        int messages = limit == 1 ? Stress.Messages / 10 : Stress.Messages;
        ThreadQueue queue = new(limit);
        Thread putter = new(() =>
        {
            for (int i = 0; i < messages;)
            {
                if (queue.TryPut(i))
                {
                    i++;
                }
                else
                {
                    Thread.Yield();
                }
            }
        })
        { IsBackground = true };
        putter.Start();

        for (int expected = 0; expected < messages;)
        {
            if (queue.TryTake(out object? taken))
            {
                if (taken is not int number || number != expected++)
                {
                    Assert.Fail($"Took {taken} after {expected - 1}.");
                }
            }
            else
            {
                Thread.Yield();
            }
        }

        Assert.Equal(0, queue.Count);
        Assert.True(putter.Join(Patience.Limit));
    }

    [Fact]
    public void PutAndTake_RingGrown_AllocateNothing()
    {
        ThreadQueue queue = new(1000);
        object message = new();
        Fill();

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            Fill();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Fill()
        {
            while (queue.TryPut(message))
            {
            }

            while (queue.TryTake(out _))
            {
            }
        }
    }
}
