"""A camera that did not hear the answer sends a picture again, and again: it counts once."""

from fixtures.faces import draw_frame

KEY = "Bodø/door/once.jpg"


def test_a_picture_that_is_sent_again_after_it_was_deleted_counts_once(calm):
    shop = calm

    def send(*frames):
        shop.send(frames)
        # A repeat is deleted like the first.
        shop.wait_for(lambda: KEY not in shop.keys("FramesBucketName"), 60)
        shop.settle()

    picture = draw_frame(7, faces=2, size=(320, 240), format="jpeg").image
    other = draw_frame(8, faces=1, size=(320, 240), format="jpeg").image
    for _ in range(2):
        send((KEY, picture))
    send((KEY, picture), (KEY, other), (KEY, picture))

    frames = shop.ask("SELECT faces_in_frame FROM frames WHERE store = 'Bodø'")
    assert sorted(row["faces_in_frame"] for row in frames) == ["1", "2"]
